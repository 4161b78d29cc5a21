/** Strings in files of formats with a notation for them (TOML, YAML). */
import type { Texts } from "../disk/change.ts";
import type { Path, TextFormat } from "../formats/format.ts";
import { type Edit, parsing, readValue } from "./edit.ts";

/**
 * The string at a path; `undefined` where there is none, or something else.
 *
 * @throws Problem `file_unparsable`
 */
export function textAt(format: TextFormat, file: string, texts: Texts, path: Path): string | undefined {
  const source = readValue(format, file, texts, path);
  return source === undefined ? undefined : format.decode(source);
}

/**
 * Edits that make strings of a file what they are to be; one that is so already, in whatever notation, stays.
 *
 * @throws Problem `file_unparsable`, `invalid_input` for what the format cannot hold
 */
export function textEdits(
  format: TextFormat,
  file: string,
  texts: Texts,
  values: readonly { path: Path; value: string; sensitive?: boolean; bringsNone?: true }[],
): Edit[] {
  return values
    .filter(({ path, value }) => textAt(format, file, texts, path) !== value)
    .map(({ path, value, sensitive = false, bringsNone }) => ({
      file,
      format,
      path,
      source: parsing(file, () => format.encode(value)),
      sensitive,
      ...(bringsNone && { bringsNone }),
    }));
}
