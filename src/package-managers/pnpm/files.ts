/**
 * Where pnpm has its settings and which outranks which, as pnpm 12 was seen to do it (pnpm.io/settings, pnpm.io/npmrc).
 * It reads no `npm_config_*` variable but the one for the user file, and not npm's global file.
 */
import type { Texts } from "../../disk/change.ts";
import type { Path } from "../../formats/format.ts";
import { yaml } from "../../formats/yaml.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import { sameRegistry } from "../input.ts";
import { tokenKey } from "../npm/credentials.ts";
import {
  environmentSetting,
  type Layer,
  npmFiles,
  npmrcLayer,
  pathsOf,
  projectFolders,
  type Setting,
  settingsLayer,
} from "../npm/npmrc.ts";
import { requireProject } from "../npm/target.ts";
import type { Place } from "../package-manager.ts";

export interface PnpmFiles {
  user: string;
  /** `auth.ini`: pnpm's own npmrc file, which it prefers to the user's. */
  auth: string;
  config: string;
  /** A project's folder and those above it: pnpm goes by the files in the first that has a `pnpm-workspace.yaml`. */
  folders: readonly { npmrc: string; workspace: string }[];
}

/** @throws Problem `invalid_input` */
export function pnpmFiles(place: Place): PnpmFiles {
  const { join, dirname, isAbsolute } = pathsOf(place);
  const { user, pnpm } = npmFiles(requireProject(place));
  const moved = pnpmVariable(place, "userconfig", "npmrc-auth-file");
  if (moved && !isAbsolute(moved.value))
    throw new Problem(
      "invalid_input",
      `${moved.where} is the relative path ${moved.value}.`,
      `Set ${moved.where} to an absolute path.`,
    );
  return {
    user: moved?.value ?? user,
    auth: pnpm,
    config: join(dirname(pnpm), "config.yaml"),
    folders: projectFolders(place).map((folder) => ({
      npmrc: join(folder, ".npmrc"),
      workspace: join(folder, "pnpm-workspace.yaml"),
    })),
  };
}

/** The folder whose files pnpm goes by in this project. */
export function workspaceOf({ folders }: PnpmFiles, texts: Texts): PnpmFiles["folders"][number] | undefined {
  return folders.find(({ workspace }) => typeof texts.get(workspace) === "string") ?? folders[0];
}

/** Lowest rank first. @throws Problem `invalid_input`; each `get`: `file_unparsable` */
export function pnpmLayers(url: URL, place: Place, texts: Texts): Layer[] {
  const files = pnpmFiles(place);
  const { npmrc, workspace } = workspaceOf(files, texts) ?? {};
  return [
    npmrcLayer("user", files.user, place, texts),
    npmrcLayer("user", files.auth, place, texts),
    ...(npmrc !== undefined && npmrc !== files.user
      ? [withoutReferences(npmrcLayer("project", npmrc, place, texts))]
      : []),
    yamlLayer(files.config, texts),
    ...(workspace === undefined ? [] : [yamlLayer(workspace, texts)]),
    settingsLayer("environment", {
      registry: pnpmVariable(place, "registry"),
      [tokenKey(url)]: tokenInVariable(url, place),
    }),
  ];
}

/** Where `config.yaml` says that pnpm should read another file instead of the user's. */
export function movedByConfig(place: Place, texts: Texts): string | undefined {
  if (pnpmVariable(place, "npmrc-auth-file")) return undefined;
  return text(pnpmFiles(place).config, texts, ["npmrcAuthFile"]);
}

/** The last of these that is set wins. */
function pnpmVariable({ env }: Place, ...keys: string[]): Setting | undefined {
  return keys.map((key) => environmentSetting(env, key, "pnpm_config_")).findLast(Boolean);
}

/** GHSA-3qhv-2rgh-x77r: in a project's file, a credential by reference is ignored since pnpm 11.5.3. */
function withoutReferences(layer: Layer): Layer {
  return {
    ...layer,
    get(key) {
      const setting = layer.get(key);
      return key.startsWith("//") && setting?.written.includes("${") ? undefined : setting;
    },
  };
}

/** `config.yaml` and `pnpm-workspace.yaml`: `registry`, else `registries` by scope. */
function yamlLayer(file: string, texts: Texts): Layer {
  return {
    kind: "elsewhere",
    get(key) {
      const [scope] = /^@[^:]+(?=:registry$)/.exec(key) ?? [];
      if (scope === undefined && key !== "registry") return undefined;
      const registries = text(file, texts, ["registries", scope ?? "default"]);
      const value = scope === undefined ? (text(file, texts, ["registry"]) ?? registries) : registries;
      return value ? { value, written: value, where: file } : undefined;
    },
    scopeKeys: () => [],
  };
}

function text(file: string, texts: Texts, path: Path): string | undefined {
  const source = readValue(yaml, file, texts, path);
  return source === undefined ? undefined : yaml.decode(source);
}

/** `pnpm_config__auth={"URL":{"@":{"authToken":"…"}}}`. */
function tokenInVariable(url: URL, { env }: Place): { value: string; where: string } | undefined {
  const where = ["pnpm_config__auth", "PNPM_CONFIG__AUTH"].find((name) => env[name]);
  if (where === undefined) return undefined;
  try {
    const registries = Object.entries(
      JSON.parse(env[where] ?? "") as Record<string, { "@"?: { authToken?: unknown } } | null>,
    );
    const value = registries.find(([name]) => sameRegistry(name, url.href))?.[1]?.["@"]?.authToken;
    return typeof value === "string" ? { value, where } : undefined;
  } catch {
    return undefined;
  }
}
