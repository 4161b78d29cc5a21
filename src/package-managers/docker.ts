/** docker: a login in `config.json`, or an empty entry there and the secret with a credential helper. */
import type { Texts } from "../disk/change.ts";
import { json } from "../formats/json.ts";
import { Problem } from "../problem.ts";
import { checkHost, configFile, helperFor, loginIn, member } from "./docker/config.ts";
import { dockerLogin, eraseFrom } from "./docker/login.ts";
import { dockerStatus } from "./docker/status.ts";
import { verifyDocker } from "./docker/verify.ts";
import { changesOf, type Edit } from "./edit.ts";
import { checkText, checkUsername } from "./input.ts";
import { definePackageManager, type Target } from "./package-manager.ts";

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
  styles: ["value"],

  files: (place) => [configFile(place)],

  plan(target, place, texts) {
    checkTarget(target);
    const file = configFile(place);
    const helper = helperFor(target.url, file, texts);
    return {
      changes: changesOf(
        helper === undefined ? withLogin(target, file, texts) : withHelper(target.url, file, texts),
        texts,
      ),
      warnings: [],
    };
  },

  status: dockerStatus,
  verify: verifyDocker,

  async login(target, place, texts, run) {
    checkTarget(target);
    await dockerLogin(target, helperFor(target.url, configFile(place), texts), place.env, run);
  },

  async logout(url, place, texts, run) {
    const helper = helperFor(checkHost(url), configFile(place), texts);
    if (helper !== undefined) await eraseFrom(helper, url, place.env, run);
  },
});

function withLogin({ url, username, secret }: Target, file: string, texts: Texts): Edit[] {
  const auth = JSON.stringify(Buffer.from(`${username}:${secret.reveal()}`).toString("base64"));
  const edit = { file, format: json, sensitive: true };
  // What docker would prefer to user and password; it drops them itself at a login.
  const outranking = ["identitytoken", "registrytoken"].filter(
    (name) => member(file, texts, ["auths", url, name]) !== undefined,
  );
  return [
    { ...edit, path: ["auths", url, "auth"], source: auth },
    ...outranking.map((name) => ({ ...edit, path: ["auths", url, name], source: undefined })),
  ];
}

/** The empty entry is how docker marks a host that the helper knows. */
function withHelper(host: string, file: string, texts: Texts): Edit[] {
  const entry = member(file, texts, ["auths", host]);
  if (
    entry !== undefined &&
    !loginIn(entry) &&
    member(file, texts, ["auths", host, "identitytoken"]) === undefined
  )
    return [];
  return [{ file, format: json, path: ["auths", host], source: "{}", sensitive: true }];
}

/** @throws Problem `invalid_input`, `unsupported` */
function checkTarget({ url, path, username, secret, style }: Target): void {
  checkHost(url);
  checkUsername(username);
  checkText("token", secret.reveal());
  // A user name that begins with a dash would be an option of `docker login`.
  if (username.startsWith("-"))
    throw new Problem(
      "invalid_input",
      "The user name begins with a dash.",
      "Give the user name as the registry knows it.",
    );
  if (
    path !== undefined &&
    !/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(path)
  ) {
    throw new Problem(
      "invalid_input",
      "The path is not that of a docker repository.",
      "Give it in lower-case letters, digits and ._-/, such as docker.",
    );
  }
  if (style === "reference") {
    throw new Problem(
      "unsupported",
      "docker's file cannot refer to a secret elsewhere.",
      'Use secret_style "value"; a credential helper that is configured is used by itself.',
      { allowed: ["value"] },
    );
  }
}
