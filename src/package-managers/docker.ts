/** docker: a login in `config.json`, or an empty entry there and the secret with a credential helper. */
import { dockerFile } from "./docker/config.ts";
import { keeperFor, loginEdits, loginNotes } from "./docker/keeper.ts";
import { dockerLogin } from "./docker/login.ts";
import { helperMembers } from "./docker/members.ts";
import { dockerStatus } from "./docker/status.ts";
import { checkTarget } from "./docker/target.ts";
import { verifyDocker } from "./docker/verify.ts";
import { changesOf } from "./edit.ts";
import { definePackageManager } from "./package-manager.ts";

export const docker = definePackageManager({
  id: "docker",
  title: "Docker",
  tool: "docker",
  ecosystem: "docker",
  signs: ["Dockerfile*", "*.dockerfile", "compose*.y*ml", "docker-compose*.y*ml"],
  proof: "token, then /v2/",
  tested: "docker 28",
  symptom: "docker says `unauthorized`, or `pull access denied`.",
  scopes: ["user"],
  styles: ["value", "helper"],
  loginCommand: ["docker", "login"],

  files: (place) => [dockerFile(place).path, place.store],

  plan(target, place, texts) {
    checkTarget(target);
    const file = dockerFile(place);
    return {
      changes: changesOf(loginEdits(target, file, place, texts), texts),
      warnings: loginNotes(target, file, place, texts),
    };
  },

  status: dockerStatus,
  verify: verifyDocker,

  ...helperMembers({ written: dockerFile, read: (place) => [dockerFile(place)] }),

  /** docker itself tries the token, where it is installed. */
  async login(target, place, texts, run) {
    checkTarget(target);
    const keeper = keeperFor(target, dockerFile(place), texts);
    await dockerLogin(target, typeof keeper === "object" ? keeper.helper : undefined, place.env, run);
  },
});
