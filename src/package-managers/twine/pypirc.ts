/** `~/.pypirc` as twine reads it (twine/utils.py, packaging.python.org/specifications/pypirc). */
import type { Texts } from "../../disk/change.ts";
import { ini } from "../../formats/ini.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, userScope } from "../paths.ts";

export const indexServers = ["distutils", "index-servers"];

/** @throws Problem `unsupported` for a project */
export function pypircFile(place: Place): string {
  return pathsOf(place).join(userScope(place, "twine").home, ".pypirc");
}

/**
 * The repositories that twine knows by name; those it has without being told where nothing is said.
 *
 * @throws Problem `file_unparsable`
 */
export function serverNames(file: string, texts: Texts): string[] {
  const list =
    readValue(ini, file, texts, indexServers) ?? readValue(ini, file, texts, ["DEFAULT", "index-servers"]);
  return list === undefined ? ["pypi", "testpypi"] : withoutComments(list).split(/\s+/).filter(Boolean);
}

/**
 * The list with one more name, one to a line, because setuptools divides it by lines alone.
 *
 * @throws Problem `file_unparsable`
 */
export function withServer(name: string, file: string, texts: Texts): string {
  const list = readValue(ini, file, texts, indexServers);
  const nl = texts.get(file)?.includes("\r\n") ? "\r\n" : "\n";
  // Without the list twine knows these two; with one only those in it.
  if (list === undefined) return [...serverNames(file, texts), name].join(`${nl}    `);
  const indent = /[\r\n]([ \t]+)[^\r\n]*$/.exec(list)?.[1] ?? "    ";
  return `${list}${nl}${indent}${name}`;
}

/**
 * What twine takes for a repository's own: its section, else configparser's `[DEFAULT]`, else for a login the
 * section of former times.
 *
 * @throws Problem `file_unparsable`
 */
export function repositoryValue(
  section: string,
  key: string,
  file: string,
  texts: Texts,
): string | undefined {
  const sections = [section, "DEFAULT", ...(key === "repository" ? [] : ["server-login"])];
  for (const name of sections) {
    const value = readValue(ini, file, texts, [name, key]);
    if (value !== undefined) return value;
  }
  return undefined;
}

function withoutComments(list: string): string {
  return list.replace(/^[ \t]*[#;].*$/gm, "");
}
