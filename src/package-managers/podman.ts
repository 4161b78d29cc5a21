/** podman, and with it skopeo and buildah: a login in the `auth.json` that lasts. */

import { Problem } from "../problem.ts";
import { loginEdits, loginNotes } from "./docker/keeper.ts";
import { helperMembers } from "./docker/members.ts";
import { checkTarget } from "./docker/target.ts";
import { verifyDocker } from "./docker/verify.ts";
import { changesOf } from "./edit.ts";
import { definePackageManager } from "./package-manager.ts";
import { lookups, writtenFile } from "./podman/files.ts";
import { helperShadow, plainHttp, registriesFiles } from "./podman/registries.ts";
import { podmanStatus, shadowsOf } from "./podman/status.ts";

export const podman = definePackageManager({
  id: "podman",
  title: "Podman, Skopeo and Buildah",
  tool: "podman",
  also: ["skopeo", "buildah"],
  ecosystem: "docker",
  signs: ["Containerfile*", "*.containerfile", "podman-compose*.y*ml", "*.container"],
  proof: "token, then /v2/",
  tested: "podman 4, skopeo 1, buildah 1",
  symptom: "podman, skopeo or buildah says `unauthorized`, or `invalid username/password`.",
  scopes: ["user"],
  styles: ["value", "helper"],
  loginCommand: ["podman", "login"],

  files(place) {
    const { read, ours } = registriesFiles(place);
    const logins = lookups(place).flatMap(({ files }) => files.map(({ path }) => path));
    return [...new Set([writtenFile(place).path, ...logins, ...read, ours, place.store])];
  },

  plan(target, place, texts) {
    checkTarget(target);
    const blocked = helperShadow(place, texts);
    if (blocked?.never) {
      throw new Problem(
        "conflict",
        blocked.sentence,
        "Add containers-auth.json to that list, or remove the list, and try again.",
      );
    }
    const file = writtenFile(place);
    const edits = [...loginEdits(target, file, place, texts), ...plainHttp(target.url, place, texts)];
    return {
      changes: changesOf(edits, texts),
      warnings: [
        ...loginNotes(target, file, place, texts),
        ...shadowsOf(target.url, place, texts, target.secret.reveal()),
      ],
    };
  },

  status: podmanStatus,
  verify: verifyDocker,

  ...helperMembers({ written: writtenFile, read: (place) => lookups(place)[0].files }),
});
