/** The go command's settings as it reads them itself (`go help environment`, `go help goproxy`). */
import type { Texts } from "../../disk/change.ts";
import { env as format } from "../../formats/env.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import { sameRegistry } from "../input.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, roamingFolder } from "../paths.ts";

export interface Setting {
  value: string;
  /** The file, or the environment variable. */
  where: string;
}

/**
 * What `go env -w` writes; `undefined` where GOENV is off and go reads no file.
 *
 * @throws Problem `invalid_input` where the path is relative, which is another file in each folder
 */
export function goFile(place: Place): string | undefined {
  const { join, isAbsolute } = pathsOf(place);
  const { GOENV } = place.env;
  if (GOENV === "off") return undefined;
  const file = GOENV || join(configFolder(place), "go", "env");
  if (isAbsolute(file)) return file;
  throw new Problem(
    "invalid_input",
    "GOENV, or the folder of the user's configuration, is a relative path.",
    "Set GOENV to an absolute path, or unset it.",
  );
}

/** os.UserConfigDir of Go's library. */
function configFolder(place: Place): string {
  const { home, env, platform } = place;
  const { join } = pathsOf(place);
  if (platform === "win32") return roamingFolder(place);
  if (platform === "darwin") return join(home, "Library", "Application Support");
  return env.XDG_CONFIG_HOME || join(home, ".config");
}

/** A setting of the file; an empty one counts as absent. @throws Problem `invalid_input`, `file_unparsable` */
export function fileSetting(name: string, place: Place, texts: Texts): Setting | undefined {
  const where = goFile(place);
  const value = where === undefined ? undefined : readValue(format, where, texts, [name]);
  return where && value ? { value, where } : undefined;
}

/** A real variable wins over the file. @throws Problem `invalid_input`, `file_unparsable` */
export function effective(name: string, place: Place, texts: Texts): Setting | undefined {
  const value = place.env[name];
  return value ? { value, where: name } : fileSetting(name, place, texts);
}

/** One entry of GOPROXY: after `,` go asks the next only at 404 and 410, after `|` at any error, also at a 401. */
export interface ModuleProxy {
  /** A URL, `direct` or `off`. */
  url: string;
  /** What stands after it: `,`, `|` or nothing. */
  separator: string;
}

export function proxiesIn(value: string): ModuleProxy[] {
  return [...value.matchAll(/([^,|]*)([,|]?)/g)]
    .map(([, url = "", separator = ""]) => ({ url: url.trim(), separator }))
    .filter(({ url }) => url !== "");
}

export function proxyList(proxies: readonly ModuleProxy[]): string {
  return proxies
    .map(({ url, separator }, index) => url + (index < proxies.length - 1 ? separator : ""))
    .join("");
}

/** Whether an entry is this registry; go takes a name without a scheme for https. */
export function isProxy({ url }: ModuleProxy, registry: string): boolean {
  return sameRegistry(url.includes(":/") ? url : `https://${url}`, registry);
}
