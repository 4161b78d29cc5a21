/** OpenTofu: as terraform, in files of its own where it has them, and without netrc. */
import { definePackageManager } from "./package-manager.ts";
import { everyCliFile } from "./terraform/files.ts";
import { planCli } from "./terraform/plan.ts";
import { cliStatus } from "./terraform/status.ts";
import { terraform } from "./terraform.ts";

export const opentofu = definePackageManager({
  id: "opentofu",
  title: "OpenTofu",
  tool: "tofu",
  ecosystem: "terraform",
  signs: ["*.tofu", "*.tf", ".terraform.lock.hcl"],
  proof: "network mirror",
  tested: "golden files",
  symptom: "tofu says `Failed to query available provider packages`, or `bad response code: 401`.",
  scopes: ["user"],
  styles: ["value"],

  files: (place) => everyCliFile("opentofu", place),
  plan: (target, place, texts) => planCli("opentofu", target, place, texts),
  status: (url, place, texts) => cliStatus("opentofu", url, place, texts),
  verify: terraform.verify,
});
