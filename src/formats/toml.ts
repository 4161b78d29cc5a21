/**
 * TOML 1.0, and what 1.1 adds (toml.io/en/v1.1.0), as cargo, uv, poetry, pdm and bun read it. A byte order mark is
 * kept: cargo and uv skip it.
 *
 * What `write` adds can be told from what was there before, so that `erase` takes back just that: a table that it makes
 * has its first value right under its header; one that was there, empty, gets a blank line first.
 * Of an item that it makes, the name comes first; one that was there with nothing else gets its value before the name.
 * Between braces it is as in json.ts.
 */
import { ParseError, type Path, parseStep, type TextFormat } from "./format.ts";
import { lineNumber, splice } from "./lines.ts";
import { type Document, isUnder, memberAt, parseDocument, resolve } from "./toml-document.ts";
import { insert } from "./toml-insert.ts";
import { remove } from "./toml-remove.ts";
import { basicString, parseToml, provesErase, provesWrite } from "./toml-value.ts";

/**
 * Paths are names from the root; `name[key=value]` is the first item of the array of tables `[[name]]` whose `key` is
 * the string `value`, and is made where there is none. Sources are the text of any value. The last step is a plain name;
 * a table under a header of its own has no source.
 */
export const toml: TextFormat = {
  id: "toml",
  read(text, path) {
    const member = memberAt(parseDocument(text), path);
    return member && text.slice(...member.node.value.range);
  },
  write(text, path, source) {
    if (path.length === 0 || parseStep(path.at(-1) ?? "").key !== undefined || !isValue(source))
      throw new RangeError("A value to be written must be TOML text, and have a name.");
    const document = parseDocument(text);
    refuseValueOnTheWay(text, document, path);
    const old = memberAt(document, path);
    const written = old
      ? splice(text, ...old.node.value.range, source)
      : insert(text, document, resolve(document, path), source);
    return proven(
      written,
      () => provesWrite(text, written, path, source) && toml.read(written, path) === source,
    );
  },
  erase(text, path) {
    const document = parseDocument(text);
    const member = memberAt(document, path);
    if (!member) return text;
    const erased = remove(text, document, member, path);
    return proven(erased, () => provesErase(text, erased, path) && toml.read(erased, path) === undefined);
  },
  encode: basicString,
  decode(source) {
    if (!isValue(source)) return undefined;
    const { value } = parseToml(`value = ${source}`);
    return typeof value === "string" ? value : undefined;
  },
};

/** Whether a source is one value, and nothing before or after it. */
function isValue(source: string): boolean {
  const text = `value = ${source}`;
  try {
    const { members } = parseDocument(text);
    const [start, end] = members[0]?.node.value.range ?? [];
    return start === text.length - source.length && end === text.length;
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

function refuseValueOnTheWay(text: string, document: Document, path: Path): void {
  const { place } = resolve(document, path);
  const inTheWay = document.members.find(
    (member) =>
      member.place.length < place.length &&
      isUnder(place, member.place) &&
      member.node.value.type === "TOMLValue",
  );
  if (inTheWay)
    throw new ParseError("A value stands where a table is needed.", lineNumber(text, inTheWay.node.range[0]));
}

function proven(text: string, proof: () => boolean): string {
  try {
    if (proof()) return text;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  throw new ParseError(
    "The text has a shape in which this value cannot be changed without changing others.",
    1,
  );
}
