/** terraform: the registry as a network mirror of providers, the token in the CLI's own settings, and for the archives in netrc. */
import { probeKnown } from "./basic-probe.ts";
import { goNetrcFile } from "./netrc/first-match.ts";
import { definePackageManager } from "./package-manager.ts";
import { everyCliFile } from "./terraform/files.ts";
import { planCli } from "./terraform/plan.ts";
import { cliStatus } from "./terraform/status.ts";

export const terraform = definePackageManager({
  id: "terraform",
  title: "Terraform",
  tool: "terraform",
  ecosystem: "terraform",
  signs: ["*.tf", "*.tf.json", ".terraform.lock.hcl"],
  proof: "network mirror",
  tested: "Terraform 1.11",
  symptom: "terraform says `Failed to query available provider packages`, or `bad response code: 401`.",
  scopes: ["user"],
  styles: ["value"],

  files: (place) => [...everyCliFile("terraform", place), goNetrcFile(place)],
  plan: (target, place, texts) => planCli("terraform", target, place, texts),
  status: (url, place, texts) => cliStatus("terraform", url, place, texts),

  verify: (target, fetch) =>
    probeKnown(
      target.url.replace(/\/*$/, "/"),
      `Bearer ${target.secret.reveal()}`,
      fetch,
      "application/json",
    ),
});
