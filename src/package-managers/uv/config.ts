/** uv's settings as uv reads them: where they are, which outranks which (docs.astral.sh/uv, "Configuration files", "Indexes"). */
import { posix, win32 } from "node:path";
import type { Texts } from "../../disk/change.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, projectFolder, roamingFolder, xdgConfigFolder } from "../paths.ts";
import { stringIn, tableIn, tablesIn, tomlFile } from "../python/toml-file.ts";

/** A file with settings, and the tables around them there. */
export interface Layer {
  file: string;
  under: readonly string[];
}

export interface Index {
  name?: string | undefined;
  url: string;
  isDefault: boolean;
  /** An item of `[[index]]`, and not the `index-url` of former times. */
  isListed: boolean;
  /** Whether uv looks for a credential before it has been refused, and for a user's name too. */
  isAlways: boolean;
  layer: Layer;
}

interface UvFiles {
  user: string;
  system: string[];
  project?: { settings: string; pyproject: string };
  /** What UV_CONFIG_FILE names: uv then reads no other file. */
  named?: string;
}

/** @throws Problem `invalid_input` for a project without its folder */
export function uvFiles(place: Place): UvFiles {
  const { join } = pathsOf(place);
  const { UV_CONFIG_FILE } = place.env;
  const root = place.scope === "project" ? projectFolder(place) : place.project_dir;
  return {
    user: join(place.platform === "win32" ? roamingFolder(place) : xdgConfigFolder(place), "uv", "uv.toml"),
    system: systemFiles(place),
    ...(root !== undefined && {
      project: { settings: join(root, "uv.toml"), pyproject: join(root, "pyproject.toml") },
    }),
    ...(UV_CONFIG_FILE && { named: UV_CONFIG_FILE }),
  };
}

/** The one layer that is ours to edit. A project's `uv.toml` keeps uv from reading `[tool.uv]` of its `pyproject.toml`. */
export function ownLayer(place: Place, texts: Texts): Layer {
  const { user, project, named } = uvFiles(place);
  if (place.scope === "user" || !project) return { file: named ?? user, under: [] };
  return projectLayer(project, texts);
}

/** The layers that uv reads, highest rank first. */
export function uvLayers(place: Place, texts: Texts): Layer[] {
  const { user, system, project, named } = uvFiles(place);
  if (readsNothing(place)) return [];
  if (named !== undefined) return [{ file: named, under: [] }];
  // Of the system's files the first that exists is the one.
  const [first] = system.filter((file) => exists(file, texts));
  return [
    ...(project ? [projectLayer(project, texts)] : []),
    { file: user, under: [] },
    ...(first === undefined ? [] : [{ file: first, under: [] }]),
  ];
}

export function readsNothing({ env }: Place): boolean {
  return /^(1|true|t|yes|y|on)$/i.test(env.UV_NO_CONFIG ?? "");
}

/**
 * The indexes of one layer, in its order.
 *
 * @throws Problem `file_unparsable`
 */
export function layerIndexes(layer: Layer, texts: Texts): Index[] {
  const table = settingsOf(layer, texts);
  const listed = tablesIn(table, "index").flatMap((index): Index[] => {
    const url = stringIn(index, "url");
    return url === undefined
      ? []
      : [
          {
            name: stringIn(index, "name"),
            url,
            isDefault: index.default === true,
            isListed: true,
            isAlways: index.authenticate === "always",
            layer,
          },
        ];
  });
  const url = stringIn(table, "index-url");
  return [
    ...listed,
    ...(url === undefined ? [] : [{ url, isDefault: true, isListed: false, isAlways: false, layer }]),
  ];
}

/** @throws Problem `file_unparsable` */
export function settingsOf({ file, under }: Layer, texts: Texts): Readonly<Record<string, unknown>> {
  return tableIn(tomlFile(file, texts), ...under);
}

/** Where uv takes the keyring's kind from, and what that is: the variable, else the first layer that says. */
export function keyringProvider(place: Place, texts: Texts): { where: string; value: string } | undefined {
  const variable = place.env.UV_KEYRING_PROVIDER;
  if (variable) return { where: "UV_KEYRING_PROVIDER", value: variable };
  for (const layer of uvLayers(place, texts)) {
    const value = stringIn(settingsOf(layer, texts), "keyring-provider");
    if (value !== undefined) return { where: layer.file, value };
  }
  return undefined;
}

/** Whether uv asks a program called `keyring`. */
export function asksKeyring(place: Place, texts: Texts): boolean {
  return keyringProvider(place, texts)?.value === "subprocess";
}

/** Where `uv auth login` keeps what it is given. */
export function loginsFile(place: Place): string {
  const { join } = pathsOf(place);
  const { UV_CREDENTIALS_DIR, XDG_DATA_HOME } = place.env;
  const data =
    place.platform === "win32" ? roamingFolder(place) : XDG_DATA_HOME || join(place.home, ".local/share");
  return join(UV_CREDENTIALS_DIR || join(data, "uv", "credentials"), "credentials.toml");
}

function projectLayer({ settings, pyproject }: { settings: string; pyproject: string }, texts: Texts): Layer {
  return exists(settings, texts) || !exists(pyproject, texts)
    ? { file: settings, under: [] }
    : { file: pyproject, under: ["tool", "uv"] };
}

function systemFiles({ env, platform }: Place): string[] {
  if (platform === "win32") return [win32.join(env.PROGRAMDATA || "C:\\ProgramData", "uv", "uv.toml")];
  const folders = (env.XDG_CONFIG_DIRS || "/etc/xdg").split(":").filter(Boolean);
  return [...folders.map((folder) => posix.join(folder, "uv/uv.toml")), "/etc/uv/uv.toml"];
}

function exists(file: string, texts: Texts): boolean {
  return (texts.get(file) ?? null) !== null;
}
