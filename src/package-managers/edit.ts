/** Edits of single values, put together as changes of files. */
import type { Change, Entry, Texts } from "../disk/change.ts";
import { type Format, ParseError, type Path } from "../formats/format.ts";
import { Problem } from "../problem.ts";

export interface Edit {
  /** Absolute. */
  file: string;
  format: Format;
  path: Path;
  /** Source text; `undefined`: the value is erased. */
  source: string | undefined;
  /** Whether the source text before or after must not be shown. */
  sensitive: boolean;
  /** What is sensitive stood there before: the edit brings no secret into the file. */
  bringsNone?: true;
  /** The file is a program, where it is new. */
  executable?: true;
}

/**
 * One change for each file that the edits alter, in the order of the edits; none where everything stands already.
 *
 * @throws Problem `file_unparsable`
 */
export function changesOf(edits: readonly Edit[], texts: Texts): Change[] {
  const files = new Map<string, Pick<Change, "executable"> & { text: string; entries: Entry[] }>();
  for (const { file, format, path, source, sensitive, bringsNone, executable } of edits) {
    const { text, entries } = files.get(file) ?? { text: texts.get(file) ?? "", entries: [] };
    const before = parsing(file, () => format.read(text, path));
    if (before === source) continue;
    const after = parsing(file, () =>
      source === undefined ? format.erase(text, path) : format.write(text, path, source),
    );
    files.set(file, {
      text: after,
      entries: [
        ...entries,
        { format: format.id, path, before, after: source, sensitive, ...(bringsNone && { bringsNone }) },
      ],
      ...(executable && { executable }),
    });
  }
  return [...files].map(([path, { text, ...rest }]) => ({
    path,
    before: texts.get(path) ?? null,
    after: text,
    ...rest,
  }));
}

/**
 * The source text of a value in a file that may not exist.
 *
 * @throws Problem `file_unparsable`
 */
export function readValue(format: Format, file: string, texts: Texts, path: Path): string | undefined {
  const text = texts.get(file) ?? undefined;
  return text === undefined ? undefined : parsing(file, () => format.read(text, path));
}

/**
 * Runs something that reads a file's text.
 *
 * @throws Problem `file_unparsable` in place of a ParseError, the file named with its line; `invalid_input` in place
 * of a RangeError: the format has no way to write this
 */
export function parsing<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParseError) throw unparsable(file, error);
    if (error instanceof RangeError) {
      throw new Problem(
        "invalid_input",
        `A value cannot be written to ${file}.`,
        "Use a value without spaces, quotes and comment signs.",
        { cause: error },
      );
    }
    throw error;
  }
}

function unparsable(file: string, error: ParseError): Problem {
  return new Problem(
    "file_unparsable",
    `${file} does not parse at line ${error.line}: ${error.message.replace(/\.$/, "")}.`,
    `Correct line ${error.line} of ${file}, or move the file away, and try again; nothing was changed.`,
    { cause: error },
  );
}
