/** Yarn 2 and later (yarnpkg.com/configuration/yarnrc), which reads none of npm's files. */
import type { Texts } from "../disk/change.ts";
import { yaml } from "../formats/yaml.ts";
import { changesOf, type Edit, readValue } from "./edit.ts";
import { inPlaceOf } from "./input.ts";
import { effective, findCredential, tokenKey } from "./npm/credentials.ts";
import { environmentSetting } from "./npm/npmrc.ts";
import { formerRegistry } from "./npm/plan.ts";
import { type Found, statusOf } from "./npm/status.ts";
import { checked, type NpmTarget } from "./npm/target.ts";
import { whoami } from "./npm/verify.ts";
import { definePackageManager, type Place, secretVariable, type Target } from "./package-manager.ts";
import { entryPath, registryPath, yarnrcFiles, yarnrcLayers, yarnrcSetting } from "./yarn-berry/yarnrc.ts";

export const yarnBerry = definePackageManager({
  id: "yarn-berry",
  title: "Yarn 2+",
  tool: "yarn",
  ecosystem: "npm",
  signs: [".yarnrc.yml", ".pnp.cjs", ".pnp.loader.mjs"],
  proof: "whoami",
  tested: "Yarn 4.18",
  symptom:
    "yarn says YN0041 `Invalid authentication`, YN0035 `403 (Forbidden)` for what the token may not do, or YN0033 where it finds none.",
  scopes: ["user", "project"],
  styles: ["value", "reference"],

  files(place) {
    const { home, projects } = yarnrcFiles(place);
    return [home, ...projects];
  },

  /** The registry goes to the file of the scope, everything else to the home folder. */
  plan(target, place, texts) {
    const npmTarget = checked(target);
    const { home, projects } = yarnrcFiles(place);
    const file = (place.scope === "project" && projects[0]) || home;
    const registry = yarnrcSetting(file, registryPath(npmTarget.key), place, texts);
    const { edits, variable } = credentialEdits(npmTarget, target.style, home, place, texts);
    const routing: Edit = {
      file,
      format: yaml,
      path: registryPath(npmTarget.key),
      source: yaml.encode(npmTarget.url.href),
      ...inPlaceOf(registry?.written),
    };
    return {
      changes: changesOf(
        [
          ...(registry?.value === npmTarget.url.href ? [] : [routing]),
          ...edits,
          ...httpEdits(npmTarget.url, home, texts),
        ],
        texts,
      ),
      warnings: variable === undefined ? [] : [withoutVariable(variable)],
      replaced_url: formerRegistry(npmTarget, yarnrcLayers(npmTarget.url, place, texts), place),
      variable,
    };
  },

  status(url, place, texts) {
    const status = statusOf(url, place, (parsed) => ({
      layers: yarnrcLayers(parsed, place, texts),
      find: (at, get) => ownCredential(at, get) ?? generalCredential(at, get, place),
      warnings: (found) => [...withoutAlwaysAuth(found), ...otherPublishRegistry(found)],
      unset: withoutVariable,
    }));
    return { ...status, shadowed_by: [...status.shadowed_by, ...httpShadow(new URL(url), place)] };
  },

  verify: whoami,
});

function credentialEdits(
  { url, token }: NpmTarget,
  style: Target["style"],
  file: string,
  place: Place,
  texts: Texts,
): { edits: Edit[]; variable: string | undefined } {
  const entry = entryPath(url, file, texts);
  const credential = yarnrcSetting(file, [...entry, "npmAuthToken"], place, texts);
  const kept = style === "value" ? undefined : credential?.variable;
  const variable = kept ?? (style === "reference" ? secretVariable : undefined);
  const written = kept === undefined ? (variable === undefined ? token : `\${${variable}-}`) : undefined;
  const edit = { file, format: yaml };
  const always = yarnrcSetting(file, [...entry, "npmAlwaysAuth"], place, texts)?.value === "true";
  return {
    variable,
    edits: [
      ...(always ? [] : [{ ...edit, path: [...entry, "npmAlwaysAuth"], source: "true", sensitive: false }]),
      ...(written === undefined || credential?.written === written
        ? []
        : [{ ...edit, path: [...entry, "npmAuthToken"], source: yaml.encode(written), sensitive: true }]),
    ],
  };
}

/** http is for this machine alone, and yarn wants to be told. */
function httpEdits({ protocol, hostname }: URL, file: string, texts: Texts): Edit[] {
  const path = [`unsafeHttpWhitelist[=${hostname}]`];
  if (protocol !== "http:" || readValue(yaml, file, texts, path) !== undefined) return [];
  return [{ file, format: yaml, path, source: yaml.encode(hostname), sensitive: false }];
}

function httpShadow({ protocol, hostname }: URL, { env }: Place): string[] {
  const list = environmentSetting(env, "unsafe-http-whitelist", "yarn_");
  if (protocol !== "http:" || !list || list.value.split(/[,\s]+/).includes(hostname)) return [];
  return [`${list.where} has yarn refuse http to ${hostname}, whatever the files say.`];
}

/** Only the registry's own entry counts. */
const ownCredential: typeof findCredential = (url, get) => {
  const found = findCredential(url, get);
  return found?.near ? undefined : found;
};

/** What goes to every registry without an entry of its own. */
function generalCredential(url: URL, get: Parameters<typeof findCredential>[1], { env }: Place) {
  const setting = environmentSetting(env, "npm-auth-token", "yarn_") ?? get("npmAuthToken");
  const found = findCredential(url, (key) => (key === tokenKey(url) ? setting : undefined));
  return found && { ...found, key: "npmAuthToken" };
}

function withoutAlwaysAuth({ url, key, credential, layers }: Found): string[] {
  const always = tokenKey(url).replace("_authToken", "always-auth");
  const settings = [always, "npmAlwaysAuth"].map((name) => effective(layers, name)?.value);
  if (!credential || key !== "registry" || settings.includes("true")) return [];
  return [
    `Yarn sends the token only for packages with a scope: \`npmAlwaysAuth: true\` is missing in ${credential.setting.where}.`,
  ];
}

function otherPublishRegistry({ url, layers }: Found): string[] {
  const publish = effective(layers, "npmPublishRegistry");
  if (!publish || publish.value.replace(/\/+$/, "") === url.href.replace(/\/+$/, "")) return [];
  return [
    `${publish.where} sets \`npmPublishRegistry\`: \`yarn npm publish\` goes there, not to ${url.host}.`,
  ];
}

function withoutVariable(variable: string): string {
  return `The token is read from the environment variable ${variable}: where it is not set, yarn sends nothing and says that no authentication is configured.`;
}
