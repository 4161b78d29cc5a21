/** Whether the log is as it was written. What that proves, and what it does not, is in docs/audit.md. */
import { canonical, genesis, type Link, open, sha256, start } from "./chain.ts";
import { RecoveredEntry } from "./entry.ts";
import { readHead } from "./head.ts";
import { type Line, linesOf } from "./lines.ts";
import { filesIn } from "./log.ts";

export interface Verdict {
  /** How many are in the chain. */
  lines: number;
  /** Of the last line: what an operator may note elsewhere. */
  head: string;
  /** Numbers of lines that a process did not write to their end. */
  torn: number[];
  /** The first that is wrong; number 0: the log as a whole. */
  wrong?: { line: number; why: string };
}

/**
 * @param state our folder, absolute
 * @param expected a hash that was the head once; it has to be in the chain
 * @throws Problem `file_unreadable`
 */
export async function verify(state: string, expected?: string): Promise<Verdict> {
  const files = filesIn(state);
  const head = await readHead(files.head);
  const chain = new Chain();
  let isHeadThere = head?.seq === 0 && head.hash === genesis;
  let isExpectedThere = expected === undefined || expected === genesis;
  const verdict = (wrong?: Verdict["wrong"]): Verdict => {
    const { last, torn } = chain;
    return { lines: last.seq, head: last.hash, torn, ...(wrong && { wrong }) };
  };
  for await (const line of linesOf(files.log)) {
    const why = chain.add(line);
    if (why) return verdict(why);
    isHeadThere ||= head?.hash === chain.last.hash && head.seq === chain.last.seq;
    isExpectedThere ||= expected === chain.last.hash;
  }
  const why = chain.finish();
  if (why) return verdict(why);
  const isNew = head === undefined && chain.last.seq === 0;
  if (!isHeadThere && !isNew) return verdict({ line: 0, why: cutOff(head) });
  return verdict(isExpectedThere ? undefined : { line: 0, why: "no line has the hash that was expected" });
}

/** The lines so far. Each step returns what is wrong, if anything is. */
class Chain {
  last: Link = start;
  readonly torn: number[] = [];
  /** One that is none of ours: torn, if the next one says so. */
  #doubtful: Line | undefined;

  add(line: Line): Verdict["wrong"] {
    const doubtful = this.#doubtful;
    const record = line.whole ? open(line.bytes) : undefined;
    if (!record) {
      this.#doubtful = line;
      return doubtful && notOurs(doubtful);
    }
    const { data: recovered } = RecoveredEntry.safeParse(record);
    if (doubtful && !isTorn(doubtful, recovered)) return notOurs(doubtful);
    if (!doubtful && recovered?.torn) return wrongAt(line, "it tells of a torn line that is not there");
    if (record.prev !== this.last.hash || record.seq !== this.last.seq + 1)
      return wrongAt(line, "it does not follow on the line before it: a line was removed, inserted or moved");
    if (recovered?.expected !== undefined) return wrongAt(line, cutBefore(recovered.expected));
    if (doubtful) this.torn.push(doubtful.number);
    this.#doubtful = undefined;
    this.last = record;
    return undefined;
  }

  finish(): Verdict["wrong"] {
    if (this.#doubtful?.whole) return notOurs(this.#doubtful);
    if (this.#doubtful) this.torn.push(this.#doubtful.number);
    return undefined;
  }
}

function isTorn({ bytes }: Line, recovered: RecoveredEntry | undefined): boolean {
  const torn = recovered?.torn;
  return torn !== undefined && torn.bytes === bytes.length && torn.sha256 === sha256(bytes);
}

function notOurs(line: Line): Verdict["wrong"] {
  const text = line.bytes.toString("utf8");
  const why = isCanonical(text)
    ? "its content is not that of its hash: it was changed"
    : "it is not a line as it was written";
  return wrongAt(line, why);
}

function isCanonical(text: string): boolean {
  try {
    return canonical(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

function wrongAt({ number }: Line, why: string): Verdict["wrong"] {
  return { line: number, why };
}

function cutBefore(head: Link | null): string {
  return `the log had been cut or changed before this line was written: ${saidBy(head)}`;
}

function cutOff(head: Link | null | undefined): string {
  return `the log was cut at its end: ${saidBy(head ?? null)}`;
}

function saidBy(head: Link | null): string {
  return head ? `audit.head had line ${head.seq} as the last one` : "audit.head was missing or unreadable";
}
