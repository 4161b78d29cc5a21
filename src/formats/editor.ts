/**
 * From a grammar to a format. Every edit is proven before it is handed out: parsed again, the value reads as it was
 * given and every other value reads as before.
 */
import { type Format, type FormatId, ParseError, type Path } from "./format.ts";
import { splice } from "./lines.ts";

export interface Value {
  path: Path;
  /** `undefined`: named, but without a value. */
  source: string | undefined;
  /** Where the source begins. */
  start: number;
}

export interface Grammar {
  id: FormatId;
  /** Every value, in the order in which the client reads them: of several with one path the last one counts. */
  values(text: string): readonly Value[];
  /** The path under which `values` lists what the caller names. */
  canonical(path: Path): Path;
  insert(text: string, path: Path, source: string): string;
  remove(text: string, value: Value): string;
}

/** Makes a format of a grammar. */
export function editor(grammar: Grammar): Format {
  const key = (path: Path) => JSON.stringify(path);

  function find(text: string, path: Path): Value | undefined {
    const wanted = key(grammar.canonical(path));
    return grammar.values(text).findLast((value) => key(value.path) === wanted);
  }

  function others(text: string, path: Path): string {
    const wanted = key(grammar.canonical(path));
    const values = grammar.values(text).filter((value) => key(value.path) !== wanted);
    return JSON.stringify(values.map((value) => [value.path, value.source ?? null]));
  }

  function set(text: string, path: Path, source: string): string {
    const value = find(text, path);
    return value?.source === undefined
      ? grammar.insert(text, path, source)
      : splice(text, value.start, value.start + value.source.length, source);
  }

  /** Whether `after` is `before` with the value at `path` now being `source`, and nothing else. */
  function proves(before: string, after: string, path: Path, source: string | undefined): boolean {
    try {
      return find(after, path)?.source === source && others(after, path) === others(before, path);
    } catch (error) {
      if (error instanceof ParseError) return false;
      throw error;
    }
  }

  return {
    id: grammar.id,
    read: (text, path) => find(text, path)?.source,
    write(text, path, source) {
      if (!proves("", grammar.insert("", path, source), path, source)) {
        throw new RangeError(
          `This value, or the name of its place, cannot be written in ${grammar.id} form.`,
        );
      }
      const written = set(text, path, source);
      if (!proves(text, written, path, source)) throw harmful();
      return written;
    },
    erase(text, path) {
      let erased = text;
      for (let value = find(text, path); value?.source !== undefined; value = find(erased, path)) {
        erased = grammar.remove(erased, value);
      }
      if (!proves(text, erased, path, undefined)) throw harmful();
      return erased;
    },
  };
}

function harmful(): ParseError {
  return new ParseError(
    "The text has a shape in which this value cannot be changed without changing others.",
    1,
  );
}
