/** The mark stands at the end of a token's name at Fly.io: ` #k` or ` #r`, and 28 hexadecimal digits. */
import { type Mark, readMark, writeMark } from "../mark.ts";

export function withMark(name: string, mark: Mark): string {
  return `${name} #${writeMark(mark)}`;
}

/** A name at Fly.io as its two parts. */
export function splitMark(name: string): { name: string; mark?: Mark } {
  const at = name.lastIndexOf(" #");
  const mark = at < 0 ? undefined : readMark(name.slice(at + 2));
  return mark ? { name: name.slice(0, at), mark } : { name };
}
