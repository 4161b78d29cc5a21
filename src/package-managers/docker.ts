/** docker: a login in `config.json`, or an empty entry there and the secret with a credential helper. */
import { checkHost, dockerFile, helperFor, ourHelper } from "./docker/config.ts";
import { askHelper, eraseFrom, requireOurs, theirs } from "./docker/credential-helper.ts";
import { keeperFor, loginEdits, loginNotes } from "./docker/keeper.ts";
import { dockerLogin } from "./docker/login.ts";
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
  symptom: "docker says `unauthorized`, or `pull access denied`.",
  scopes: ["user"],
  styles: ["value", "helper"],

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

  ready: (target, place, texts, run) => requireOurs(target, dockerFile(place), place, texts, run),

  async stored(url, place, texts, run) {
    const helper = helperFor(checkHost(url), dockerFile(place), texts);
    return helper === undefined || helper === ourHelper ? undefined : askHelper(helper, url, place.env, run);
  },

  async login(target, place, texts, run) {
    checkTarget(target);
    await dockerLogin(target, theirs(keeperFor(target, dockerFile(place), texts)), place.env, run);
  },

  async logout(url, place, texts, run) {
    const helper = helperFor(checkHost(url), dockerFile(place), texts);
    if (helper !== undefined && helper !== ourHelper) await eraseFrom(helper, url, place.env, run);
  },
});
