/** A project's `Pipfile` as pipenv reads it (pipenv.pypa.io, "Specifying Package Indexes"). */
import type { Texts } from "../../disk/change.ts";
import { json } from "../../formats/json.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, projectFolder } from "../paths.ts";
import { stringIn, tablesIn, tomlFile } from "../python/toml-file.ts";

export interface Source {
  name?: string | undefined;
  url: string;
}

/** What pipenv calls the source that every new Pipfile has. */
export const publicName = "pypi";

/** @throws Problem `invalid_input` for a project without its folder */
export function pipfileOf(place: Place): { pipfile: string; lock: string } {
  const { join } = pathsOf(place);
  const folder = projectFolder(place);
  const pipfile = place.env.PIPENV_PIPFILE || join(folder, "Pipfile");
  return { pipfile, lock: `${pipfile}.lock` };
}

/**
 * The sources, in their order: packages come from the first, and from another one where they name it.
 *
 * @throws Problem `file_unparsable`
 */
export function sourcesOf(place: Place, texts: Texts): Source[] {
  return tablesIn(tomlFile(pipfileOf(place).pipfile, texts), "source").flatMap(sourceIn);
}

/** What the lock file has of them, which pipenv goes by as long as there is one. @throws Problem `file_unparsable` */
export function lockedSources(place: Place, texts: Texts): Source[] {
  const source = readValue(json, pipfileOf(place).lock, texts, ["_meta", "sources"]);
  const list: unknown = source === undefined ? [] : JSON.parse(source);
  return tablesIn({ list }, "list").flatMap(sourceIn);
}

/** The URL with the variables that pipenv puts in. */
export function expanded(url: string, { env }: Place): string {
  return url.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, braced?: string, bare?: string) => env[braced ?? bare ?? ""] ?? whole,
  );
}

function sourceIn(table: Readonly<Record<string, unknown>>): Source[] {
  const url = stringIn(table, "url");
  return url === undefined ? [] : [{ name: stringIn(table, "name"), url }];
}
