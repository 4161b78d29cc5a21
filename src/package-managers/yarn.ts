/**
 * Yarn 1 (classic.yarnpkg.com/en/docs/yarnrc, and its source, src/registries/npm-registry.js). It takes credentials from
 * npm's files alone, whatever `yarn config set` says, and only under the registry's own key.
 */
import type { Texts } from "../disk/change.ts";
import { npmrc } from "../formats/npmrc.ts";
import { changesOf, type Edit } from "./edit.ts";
import { effective, findCredential, tokenKey } from "./npm/credentials.ts";
import {
  environmentSetting,
  fileSetting,
  type Layer,
  type NpmFiles,
  npmFiles,
  npmrcLayer,
  pathsOf,
} from "./npm/npmrc.ts";
import { formerRegistry, registryEdits, tokenEdits } from "./npm/plan.ts";
import { type Found, statusOf, unsetVariable } from "./npm/status.ts";
import { checked, requireProject } from "./npm/target.ts";
import { whoami } from "./npm/verify.ts";
import { definePackageManager, type Place } from "./package-manager.ts";
import { yarnrcLayer } from "./yarn/yarnrc.ts";

export const yarn = definePackageManager({
  id: "yarn",
  title: "Yarn 1",
  tool: "yarn",
  ecosystem: "npm",
  signs: ["yarn.lock", ".yarnrc"],
  proof: "whoami",
  tested: "yarn 1.22",
  symptom:
    "yarn 1 says `error Error: URL:` with the registry's own words or `Request failed \"401 Unauthorized\"`, and `Couldn't publish package` when it publishes.",
  scopes: ["user", "project"],
  // No reference: a variable that is not set would stop every command.
  styles: ["value"],

  files: (place) => Object.values(yarnFiles(place)),

  plan(target, place, texts) {
    const npmTarget = checked(target);
    const { user, project } = yarnFiles(place);
    const registryFile = place.scope === "project" && project !== undefined ? project : user;
    const { edits, variable } = tokenEdits(npmTarget, target.style, user, place, texts);
    const always = target.npm_scope === undefined ? alwaysAuthEdits(npmTarget.url, user, place, texts) : [];
    return {
      changes: changesOf(
        [...registryEdits(npmTarget, registryFile, place, texts), ...edits, ...always],
        texts,
      ),
      warnings: [
        ...(target.npm_scope === undefined
          ? [
              `Yarn 1 sends the token for packages without a scope only with \`always-auth\`, a setting in ${user} that npm 11 does not know: npm works, and warns about it.`,
            ]
          : []),
        ...(variable === undefined ? [] : [unsetVariable(variable)]),
      ],
      replaced_url: formerRegistry(npmTarget, layers(place, texts), place),
      variable,
    };
  },

  status: (url, place, texts) =>
    statusOf(url, place, () => ({
      layers: layers(place, texts),
      find: ownCredential,
      warnings: withoutAlwaysAuth,
    })),

  verify: whoami,
});

interface YarnFiles extends Pick<NpmFiles, "global" | "user" | "project"> {
  yarnrc: string;
  projectYarnrc?: string;
}

/** @throws Problem `invalid_input` */
function yarnFiles(place: Place): YarnFiles {
  const { join } = pathsOf(place);
  const { global, user, project } = npmFiles(requireProject(place));
  return {
    global,
    user,
    yarnrc: join(place.home, ".yarnrc"),
    ...(project !== undefined && { project }),
    ...(place.project_dir !== undefined && { projectYarnrc: join(place.project_dir, ".yarnrc") }),
  };
}

function layers(place: Place, texts: Texts): Layer[] {
  const { global, user, project, yarnrc, projectYarnrc } = yarnFiles(place);
  // Names of variables are compared without regard to case, so none can hold the key of a token.
  const environment = (prefix: string): Layer => ({
    kind: "environment",
    get: (key) => (key.startsWith("//") ? undefined : environmentSetting(place.env, key, prefix)),
    scopeKeys: () => [],
  });
  return [
    yarnrcLayer(yarnrc, texts),
    ...(projectYarnrc === undefined ? [] : [yarnrcLayer(projectYarnrc, texts)]),
    npmrcLayer("global", global, place, texts),
    npmrcLayer("user", user, place, texts),
    ...(project !== undefined && project !== user ? [npmrcLayer("project", project, place, texts)] : []),
    environment("yarn_"),
    environment("npm_config_"),
  ];
}

function alwaysAuthKey(url: URL): string {
  return tokenKey(url).replace("_authToken", "always-auth");
}

function alwaysAuthEdits(url: URL, file: string, place: Place, texts: Texts): Edit[] {
  const path = ["", alwaysAuthKey(url)];
  if (fileSetting(file, alwaysAuthKey(url), place, texts)?.value === "true") return [];
  return [{ file, format: npmrc, path, source: "true", sensitive: false }];
}

const ownCredential: typeof findCredential = (url, get) => {
  const found = findCredential(url, get);
  return found?.near ? undefined : found;
};

function withoutAlwaysAuth({ url, key, credential, layers }: Found): string[] {
  const settings = [alwaysAuthKey(url), "always-auth"].map((name) => effective(layers, name)?.value);
  if (!credential || key !== "registry" || settings.includes("true")) return [];
  return [
    `Yarn 1 sends the token only for packages with a scope: \`${alwaysAuthKey(url)}=true\` is missing in ${credential.setting.where}.`,
  ];
}
