/** `.yarnrc.yml`, as Yarn 4 reads it (yarnpkg.com/configuration/yarnrc): in the home folder, in the project and above it. */
import type { Texts } from "../../disk/change.ts";
import { yaml } from "../../formats/yaml.ts";
import { readValue } from "../edit.ts";
import { environmentSetting, type Layer, pathsOf, projectFolders, type Setting } from "../npm/npmrc.ts";
import { requireProject } from "../npm/target.ts";
import type { Place } from "../package-manager.ts";

export interface YarnrcFiles {
  home: string;
  /** The project's own first, then those above it. */
  projects: readonly string[];
}

/** @throws Problem `invalid_input` */
export function yarnrcFiles(place: Place): YarnrcFiles {
  const { join } = pathsOf(place);
  const name = requireProject(place).env.YARN_RC_FILENAME || ".yarnrc.yml";
  const home = join(place.home, ".yarnrc.yml");
  const projects = projectFolders(place).map((folder) => join(folder, name));
  return { home, projects: projects.filter((file) => file !== home) };
}

/**
 * Lowest rank first; settings go by npm's names, credentials are those for one registry.
 * Each `get` @throws Problem `file_unparsable`
 */
export function yarnrcLayers(url: URL, place: Place, texts: Texts): Layer[] {
  const { home, projects } = yarnrcFiles(place);
  const layer = (kind: Layer["kind"], file: string) => yarnrcLayer(kind, file, url, place, texts);
  return [
    layer("user", home),
    ...projects.toReversed().map((file) => layer("project", file)),
    {
      kind: "environment",
      get: (key) =>
        key === "registry" ? environmentSetting(place.env, "npm-registry-server", "yarn_") : undefined,
      scopeKeys: () => [],
    },
  ];
}

/** The setting of a file under its path. @throws Problem `file_unparsable` */
export function yarnrcSetting(
  file: string,
  path: readonly string[],
  place: Place,
  texts: Texts,
): Setting | undefined {
  const source = readValue(yaml, file, texts, path);
  if (source === undefined) return undefined;
  const written = yaml.decode(source) ?? source;
  const variable = /^\$\{(\w+)(?::?-[^}]*)?\}$/.exec(written)?.[1];
  return { value: expand(written, place.env), written, where: file, variable };
}

/** Where a registry's entry is in a file; yarn prefers a name with the scheme, and does not mind the final slash. */
export function entryPath(url: URL, file: string, texts: Texts): readonly string[] {
  const [whole, bare] = [url.href, `//${url.host}${url.pathname}`].map((name) => name.replace(/\/+$/, ""));
  const found = [whole, `${whole}/`, bare, `${bare}/`].find((name = "") =>
    ["npmAuthToken", "npmAuthIdent", "npmAlwaysAuth"].some(
      (setting) => readValue(yaml, file, texts, ["npmRegistries", name, setting]) !== undefined,
    ),
  );
  return ["npmRegistries", found ?? bare ?? ""];
}

export function registryPath(key: string): readonly string[] {
  const [, scope] = /^@([^:]+):registry$/.exec(key) ?? [];
  return scope === undefined ? ["npmRegistryServer"] : ["npmScopes", scope, "npmRegistryServer"];
}

const settingNames: Readonly<Record<string, string>> = {
  _authToken: "npmAuthToken",
  _auth: "npmAuthIdent",
  "always-auth": "npmAlwaysAuth",
};

function yarnrcLayer(kind: Layer["kind"], file: string, url: URL, place: Place, texts: Texts): Layer {
  const at = (path: readonly string[]) => yarnrcSetting(file, path, place, texts);
  return {
    kind,
    get(key) {
      if (!key.startsWith("//")) return at(key.endsWith("registry") ? registryPath(key) : [key]);
      const [, name = ""] = key.split(`//${url.host}${url.pathname}:`);
      const setting = settingNames[name];
      const found = setting && at([...entryPath(url, file, texts), setting]);
      return found && name === "_auth" ? { ...found, value: asBase64(found.value) } : found || undefined;
    },
    scopeKeys() {
      const scopes = /^npmScopes[ \t]*:(?:.*(?:\r?\n(?=[\s#]|$))?)*/m.exec(texts.get(file) ?? "")?.[0] ?? "";
      const names = new Set([...scopes.matchAll(/([\w.~-]+)["']?[ \t]*:/g)].map(([, name]) => name));
      return [...names].map((name) => `@${name}:registry`).filter((key) => at(registryPath(key)));
    },
  };
}

/** An ident is `user:password`, or that in Base64 already. */
function asBase64(ident: string): string {
  return ident.includes(":") ? Buffer.from(ident).toString("base64") : ident;
}

/** `${VAR}`, `${VAR-fallback}`, `${VAR:-fallback}`; an unset one without a fallback stops yarn, and is nothing here. */
function expand(text: string, env: Place["env"]): string {
  return text.replace(
    /\$\{(\w+)(?:(:)?-([^}]*))?\}/g,
    (_, name: string, colon?: string, fallback?: string) => {
      const value = env[name];
      return value === undefined || (colon !== undefined && value === "") ? (fallback ?? "") : value;
    },
  );
}
