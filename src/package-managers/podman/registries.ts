/** `registries.conf` (containers-registries.conf(5)): which helpers are asked, and which hosts may be plain http. */

import { parse } from "smol-toml";
import type { Texts } from "../../disk/change.ts";
import { whole } from "../../formats/whole.ts";
import { isLoopback } from "../../loopback.ts";
import { absoluteSetting } from "../docker/config.ts";
import type { Edit } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";

/** What stands for the files with logins in `credential-helpers`. */
const theFiles = "containers-auth.json";

const systemFile = "/etc/containers/registries.conf";

/** The system's file counts only where the user has none. */
export function registriesFiles(place: Place): { read: string[]; ours: string } {
  const { join } = pathsOf(place);
  const folder = join(place.home, ".config", "containers");
  const named = absoluteSetting("CONTAINERS_REGISTRIES_CONF", place);
  return {
    read:
      named === undefined
        ? [join(folder, "registries.conf"), ...(place.platform === "win32" ? [] : [systemFile])]
        : [named],
    ours: join(folder, "registries.conf.d", "fly-tokens.conf"),
  };
}

/** What keeps podman from the files with logins: one sentence, or none. */
export function helperShadow(place: Place, texts: Texts): { sentence: string; never: boolean } | undefined {
  const { file, settings } = settingsOf(place, texts);
  const helpers = settings["credential-helpers"];
  if (!Array.isArray(helpers) || helpers.length === 0 || helpers[0] === theFiles) return undefined;
  const never = !helpers.includes(theFiles);
  return {
    never,
    sentence: never
      ? `${file} lists credential-helpers without ${theFiles}, so no file with logins is read.`
      : `${file} lists credential-helpers that are asked before any file with logins.`,
  };
}

/**
 * Lets the clients speak plain http to a registry on this machine, which docker does by itself. In a file of ours,
 * since a file of the user's own would take the place of the system's.
 */
export function plainHttp(host: string, place: Place, texts: Texts): Edit[] {
  if (place.platform !== "linux" || !isLoopback(host.replace(/:\d+$/, ""))) return [];
  const { registry } = settingsOf(place, texts).settings;
  const isSet = (entry: { location?: unknown; prefix?: unknown }) =>
    [entry.location, entry.prefix].includes(host);
  if (Array.isArray(registry) && registry.some(isSet)) return [];
  const source = `[[registry]]\nlocation = ${JSON.stringify(host)}\ninsecure = true\n`;
  return [{ file: registriesFiles(place).ours, format: whole, path: [], source, sensitive: false }];
}

function settingsOf(place: Place, texts: Texts): { file: string; settings: Record<string, unknown> } {
  const file = registriesFiles(place).read.find((path) => typeof texts.get(path) === "string") ?? "";
  try {
    return { file, settings: parse(texts.get(file) ?? "") };
  } catch {
    return { file, settings: {} }; // the clients say it themselves, at every start
  }
}
