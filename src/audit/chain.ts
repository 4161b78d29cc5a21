/**
 * THE CHAIN: each line carries the hash of the one before it, so that none can be changed, removed, inserted or moved
 * without all that follow being made anew.
 *
 * A line is the canonical JSON of its record. That is the form of RFC 8785: the keys of every object in the order of their
 * UTF-16 units, no white space, strings and numbers as ECMAScript writes them; members that are `undefined` are left out.
 * (What RFC 8785 forbids, half of a surrogate pair, is written as its escape.) The hash is SHA-256 (hex) over `prev`, a line
 * feed, and the canonical JSON of the record without `prev` and `hash`.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import { parseJson } from "../json.ts";

/** `prev` of the first line. */
export const genesis = "0".repeat(64);

/** Bytes; longer than any line that is written: 100 ids with everything that is said of them. */
export const longestLine = 1024 * 1024;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

const Sealed = z.looseObject({ seq: z.int().min(1), prev: Hash, hash: Hash });

/** What holds a line in its place. */
export interface Link {
  seq: number;
  hash: string;
}

/** What the first line follows on. */
export const start: Link = { seq: 0, hash: genesis };

export type SealedRecord = z.output<typeof Sealed>;

/** The line of a record, without its line feed, and its link. */
export function seal(record: Readonly<Record<string, unknown>>, before: Link): { line: string; link: Link } {
  const content = { ...record, seq: before.seq + 1 };
  const hash = hashOf(before.hash, content);
  return { line: canonical({ ...content, prev: before.hash, hash }), link: { seq: content.seq, hash } };
}

/** What a line holds, when it is byte for byte what was written; else `undefined`. */
export function open(line: Buffer): SealedRecord | undefined {
  const text = line.toString("utf8");
  const { data } = Sealed.safeParse(parseJson(text));
  if (!data || canonical(data) !== text || !Buffer.from(text).equals(line)) return undefined;
  const { prev, hash, ...content } = data;
  return hashOf(prev, content) === hash ? data : undefined;
}

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(",")}}`;
}

export function sha256(bytes: string | Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hashOf(prev: string, content: object): string {
  return sha256(`${prev}\n${canonical(content)}`);
}
