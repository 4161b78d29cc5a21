/** Actions in people's words: `rwcC`, `read, write`, `everything but delete`. */
import { Problem, quote } from "../../problem.ts";

const words = { read: "r", write: "w", create: "c", delete: "d", control: "C" } as const;
const every = Object.values(words);

/** Letters of `rwcdC`, in that order. @throws Problem `invalid_input` */
export function actionsOf(text: string): string {
  const trimmed = text.trim();
  const [, but] = /^(?:everything|all)(?:\s+(?:but|except)\s+(.+))?$/i.exec(trimmed) ?? [];
  if (/^(everything|all)$/i.test(trimmed)) return every.join("");
  const named = lettersOf(but ?? trimmed, text);
  const left = every.filter((letter) => named.includes(letter) === (but === undefined));
  if (left.length > 0) return left.join("");
  throw new Problem("invalid_input", "No action is left.", "Name at least one.");
}

/** Letters are told from words by every one of them being one: no word of these consists of letters alone. */
function lettersOf(text: string, whole: string): string[] {
  if (/^[rwcdC]+$/.test(text)) return [...text];
  const parts = text.split(/\s*,\s*(?:and\s+)?|\s+and\s+|\s+/i).filter(Boolean);
  const letters = parts.map((part) =>
    Object.hasOwn(words, part.toLowerCase()) ? words[part.toLowerCase() as keyof typeof words] : undefined,
  );
  const known = letters.filter((letter) => letter !== undefined);
  if (known.length === parts.length && known.length > 0) return known;
  throw new Problem(
    "invalid_input",
    `"${quote(whole, 40)}" names no actions.`,
    'Use letters of rwcdC, words such as "read, write", or "everything but delete".',
    { allowed: Object.keys(words) },
  );
}
