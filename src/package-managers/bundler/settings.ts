/** Bundler's settings as it reads them itself: where they are, which outranks which (lib/bundler/settings.rb, yaml_serializer.rb). */
import type { Texts } from "../../disk/change.ts";
import { yaml } from "../../formats/yaml.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";
import { defaultGemSource } from "../public-registries.ts";

interface BundlerFiles {
  user: string;
  project?: string;
}

export interface Layer {
  kind: "project" | "environment" | "user";
  get(key: string): Setting | undefined;
}

export interface Setting {
  value: string;
  /** The file, or the environment variable. */
  where: string;
}

/** @throws Problem `invalid_input` when the project is missing, or a variable names a relative path */
export function bundlerFiles({ scope, home, env, platform, project_dir }: Place): BundlerFiles {
  const { join, isAbsolute } = pathsOf({ platform });
  if (scope === "project" && project_dir === undefined) {
    throw new Problem(
      "invalid_input",
      "The project's folder is missing.",
      "Give project_dir, the absolute path of the folder that holds the Gemfile.",
    );
  }
  const user =
    env.BUNDLE_CONFIG ||
    env.BUNDLE_USER_CONFIG ||
    (env.BUNDLE_USER_HOME ? join(env.BUNDLE_USER_HOME, "config") : join(home, ".bundle/config"));
  if (!isAbsolute(user))
    throw new Problem(
      "invalid_input",
      `Bundler's configuration is at the relative path ${user}.`,
      "Set BUNDLE_USER_CONFIG and BUNDLE_USER_HOME to absolute paths.",
    );
  const folder = env.BUNDLE_APP_CONFIG || ".bundle";
  const app = isAbsolute(folder) ? folder : project_dir && join(project_dir, folder);
  const project = app && join(app, "config");
  return { user, ...(project && project !== user && { project }) };
}

/** Highest rank first. @throws Problem `invalid_input`, `file_unparsable` */
export function bundlerLayers(place: Place, texts: Texts): Layer[] {
  const { user, project } = bundlerFiles(place);
  const inFile = (kind: Layer["kind"], file: string): Layer => {
    const settings = settingsIn(file, place, texts);
    return { kind, get: (key) => found(settings.get(key), file) };
  };
  return [
    ...(project === undefined ? [] : [inFile("project", project)]),
    { kind: "environment", get: (key) => found(place.env[key], key) },
    inFile("user", user),
  ];
}

/** The setting that Bundler goes by. */
export function effective(layers: readonly Layer[], key: string): Setting | undefined {
  return layers.map((layer) => layer.get(key)).find((setting) => setting !== undefined);
}

/** Every source, whatever the Gemfile says. */
export const mirrorOfAll = "BUNDLE_MIRROR__ALL";

/** What stands in for the public source. */
export const mirrorKey = keyOf(`mirror.${defaultGemSource}`);

/** Where Bundler looks for a login: under the whole URL, else under the host. */
export function loginKeys({ href, hostname }: URL): { exact: string; host: string } {
  return { exact: keyOf(href), host: keyOf(hostname) };
}

function keyOf(name: string): string {
  return `BUNDLE_${name.replaceAll(".", "__").replaceAll("-", "___").toUpperCase()}`;
}

function found(value: string | undefined, where: string): Setting | undefined {
  return value ? { value, where } : undefined;
}

/** Bundler reads line by line, without YAML's escapes and comments behind a value, and has older spellings of its keys. */
function settingsIn(file: string, { env }: Place, texts: Texts): Map<string, string> {
  readValue(yaml, file, texts, [mirrorKey]);
  const settings = new Map<string, string>();
  if (env.BUNDLE_IGNORE_CONFIG) return settings;
  for (const line of (texts.get(file) ?? "").replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const [, name = "", , value = ""] = /^(\S.*):(?=\s|$) ?(["']?)(.*)\2$/.exec(line) ?? [];
    const key = /https?:/i.test(name) && !name.endsWith("/") ? `${name}/` : name;
    if (key) settings.set(key.replaceAll(".", "__").replaceAll("-", "___"), value);
  }
  return settings;
}
