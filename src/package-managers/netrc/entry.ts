/** The user's netrc file as Python's clients read it: by host alone, whatever the port. */
import type { Texts } from "../../disk/change.ts";
import { netrc } from "../../formats/netrc.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";

interface NetrcEntry {
  login?: string;
  password?: string;
}

/** The files that could be the one; none when NETRC is set to nothing, which switches netrc off. */
export function netrcFiles(place: Place): string[] {
  const { join, isAbsolute } = pathsOf(place);
  const { NETRC } = place.env;
  if (NETRC === undefined) return [join(place.home, ".netrc"), join(place.home, "_netrc")];
  const file = NETRC.replace(/^~(?=[/\\])/, () => place.home);
  return isAbsolute(file) ? [file] : [];
}

/** The first that exists, else the one to create; `undefined` when netrc is switched off. */
export function netrcFile(place: Place, texts: Texts): string | undefined {
  const files = netrcFiles(place);
  const usual = place.platform === "win32" ? files.at(-1) : files.at(0);
  return files.find((file) => (texts.get(file) ?? null) !== null) ?? usual;
}

/**
 * What stands there for one machine, `""` being the entry `default`.
 *
 * @throws Problem `file_unparsable`
 */
export function netrcEntry(file: string, host: string, texts: Texts): NetrcEntry {
  const value = (field: string) => {
    const source = readValue(netrc, file, texts, [host, field]);
    return source === undefined ? undefined : unquote(source);
  };
  const login = value("login") ?? value("account");
  const password = value("password");
  return { ...(login !== undefined && { login }), ...(password !== undefined && { password }) };
}

/** Whether every reader of netrc takes these characters for themselves: visible ASCII without quotes, `#` and `\`. */
export function fitsNetrc(value: string): boolean {
  return /^[!-~]+$/.test(value) && !/["'#\\]/.test(value);
}

// `#word more` at the very start, and from Python 3.11 on any comment of several words after an empty line.
const stoppingComment = /^#\S+[ \t]+\S|(?:^|\n)[ \t]*\r?\n[ \t]*#[^\n]*\S[ \t]+\S/;

/** Whether Python's netrc module fails on a comment (seen with 3.9 to 3.13): its clients then say nothing and send nothing. */
export function stopsPython(text: string): boolean {
  return stoppingComment.test(text);
}

// Python ≥ 3.11 and curl: a backslash takes the next character as it is, inside quotes and out.
function unquote(source: string): string {
  const inner = /^"(.*)"$/s.exec(source)?.[1] ?? source;
  return inner.replace(/\\(.)/gs, "$1");
}
