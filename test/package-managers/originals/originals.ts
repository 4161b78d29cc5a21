/** What the laws need to know of one format: files as people really have them, and what a user may do to them. */
export interface Originals {
  /** Each parses, and has something of nobody's business in it. */
  texts: readonly string[];
  /** Does not parse, whatever the manager is. */
  broken: string;
  /** Something that the user adds later: a comment, or a value that is no manager's. */
  later(text: string): string;
  /** A source text that the user puts in place of ours. */
  theirs: string | ((path: readonly string[]) => string);
  /** Whether a file of this path could have this text; any could by default. */
  fits?(text: string, path: string): boolean;
  /** What remains to be compared after an undo in a text that the user has filled too; all of it by default. */
  sameBut?(text: string): string;
}

/** A comment as the first line, in the line breaks of the text. */
export function commentOnTop(sign: string): (text: string) => string {
  return (text) => {
    const top = text.startsWith("\uFEFF") ? 1 : 0;
    return `${text.slice(0, top)}${sign} later${text.includes("\r\n") ? "\r\n" : "\n"}${text.slice(top)}`;
  };
}
