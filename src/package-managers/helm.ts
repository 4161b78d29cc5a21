/** helm: charts as OCI artifacts, with a login in docker's format (helm.sh/docs/topics/registries). */
import { isLoopback } from "../loopback.ts";
import { loginEdits, loginNotes } from "./docker/keeper.ts";
import { helperMembers } from "./docker/members.ts";
import { checkTarget } from "./docker/target.ts";
import { verifyDocker } from "./docker/verify.ts";
import { changesOf } from "./edit.ts";
import { helmFile, helmFiles, helmStatus } from "./helm/config.ts";
import { definePackageManager } from "./package-manager.ts";

export const helm = definePackageManager({
  id: "helm",
  title: "Helm",
  tool: "helm",
  ecosystem: "docker",
  signs: ["Chart.yaml", "Chart.lock", "helmfile.y*ml"],
  proof: "token, then /v2/",
  tested: "its file, by skopeo 1 with a chart",
  symptom: "helm says `401`, `unauthorized` or `denied` for an oci:// chart.",
  scopes: ["user"],
  styles: ["value", "helper"],
  loginCommand: ["helm", "registry", "login"],

  files: (place) => [...helmFiles(place).map(({ path }) => path), place.store],

  plan(target, place, texts) {
    checkTarget(target);
    const file = helmFile(place);
    const plain = isLoopback(target.url.replace(/:\d+$/, ""));
    return {
      changes: changesOf(loginEdits(target, file, place, texts), texts),
      warnings: [
        ...loginNotes(target, file, place, texts),
        ...(plain ? [`Pass --plain-http to helm for oci://${target.url}: it has no setting for that.`] : []),
      ],
    };
  },

  status: helmStatus,
  verify: verifyDocker,

  ...helperMembers({ written: helmFile, read: helmFiles }),
});
