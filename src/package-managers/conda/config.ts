/** conda's settings as conda reads them: where they are, how they are put together (docs.conda.io, "Using the .condarc conda configuration file"). */
import { posix, win32 } from "node:path";
import type { Texts } from "../../disk/change.ts";
import { decodeItems, yaml } from "../../formats/yaml.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, userScope } from "../paths.ts";
import { textAt } from "../text-values.ts";

export interface Channel {
  /** As it stands there: a URL, or a name below the channel alias. */
  name: string;
  where: string;
}

/** @throws Problem `unsupported` for a project */
export function condarcFile(place: Place): string {
  return pathsOf(place).join(userScope(place, "conda").home, ".condarc");
}

/**
 * The files that conda reads, lowest rank first: the system's, the installation's, the user's, the active
 * environment's, and what CONDARC names. Folders called `condarc.d` are read too, but not here.
 */
export function condarcFiles(place: Place): string[] {
  const { join, isAbsolute } = pathsOf(place);
  const { env, home, platform } = place;
  const inFolder = (folder: string) => [join(folder, ".condarc"), join(folder, "condarc")];
  const system =
    platform === "win32"
      ? inFolder(win32.join(env.PROGRAMDATA || "C:\\ProgramData", "conda"))
      : ["/etc/conda", "/var/lib/conda"].flatMap(inFolder);
  const xdg = env.XDG_CONFIG_HOME ? inFolder(posix.join(env.XDG_CONFIG_HOME, "conda")) : [];
  const user = [join(home, ".config/conda"), join(home, ".conda")].flatMap(inFolder);
  const named = env.CONDARC && isAbsolute(env.CONDARC) ? [env.CONDARC] : [];
  const files = [
    ...system,
    ...(env.CONDA_ROOT ? inFolder(env.CONDA_ROOT) : []),
    ...xdg,
    ...user,
    condarcFile(place),
    ...(env.CONDA_PREFIX ? inFolder(env.CONDA_PREFIX) : []),
    ...named,
  ];
  return [...new Set(files)];
}

/**
 * The channels of one file, in its order.
 *
 * @throws Problem `file_unparsable`
 */
function fileChannels(file: string, texts: Texts): Channel[] {
  const source = readValue(yaml, file, texts, ["channels"]) ?? readValue(yaml, file, texts, ["channel"]);
  const names = source === undefined ? [] : (decodeItems(source) ?? [yaml.decode(source) ?? ""]);
  return names.filter(Boolean).map((name) => ({ name, where: file }));
}

/**
 * The channels that conda asks, in its order: those of the highest file come first. An installation that is told
 * nothing asks `defaults`.
 *
 * @throws Problem `file_unparsable`
 */
export function channels(place: Place, texts: Texts): Channel[] {
  const files = condarcFiles(place);
  const final = files.findIndex((file) => isFinal(file, texts));
  const read = final < 0 ? files : files.slice(0, final + 1);
  const variable = (place.env.CONDA_CHANNELS ?? "")
    .split(",")
    .filter(Boolean)
    .map((name): Channel => ({ name: name.trim(), where: "CONDA_CHANNELS" }));
  const all = [...variable, ...read.toReversed().flatMap((file) => fileChannels(file, texts))];
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
}

/** Whether a file says that those above it have no say in the channels. */
export function isFinal(file: string, texts: Texts): boolean {
  return /^channels:.*#!final\b/m.test(texts.get(file) ?? "");
}

/**
 * The URL of a channel: variables are put in, and a bare name is below the channel alias.
 *
 * @throws Problem `file_unparsable`
 */
export function channelUrl({ name }: Channel, place: Place, texts: Texts): string {
  const text = expanded(name, place);
  if (/^[a-z]+:\/\//i.test(text)) return text;
  const alias =
    place.env.CONDA_CHANNEL_ALIAS ??
    condarcFiles(place)
      .map((file) => textAt(yaml, file, texts, ["channel_alias"]))
      .findLast((value) => value !== undefined);
  return alias === undefined ? text : `${expanded(alias, place).replace(/\/+$/, "")}/${text}`;
}

function expanded(text: string, { env }: Place): string {
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, braced?: string, bare?: string) => env[braced ?? bare ?? ""] ?? whole,
  );
}
