/**
 * WHO ASKED FOR WHAT, AND WHAT CAME OF IT: one line of JSON for each event, appended and never rewritten, chained as
 * chain.ts says. Several processes write to it; each line is on the disk before its `append` returns.
 */
import { closeSync, fsync, ftruncateSync, mkdirSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { withLocks } from "../disk/lock.ts";
import { unwritable } from "../disk/refusals.ts";
import { flushFolder } from "../disk/replace.ts";
import { Problem } from "../problem.ts";
import { redact } from "../secret.ts";
import { type Link, seal, start } from "./chain.ts";
import type { CallEntry, RecoveredEntry } from "./entry.ts";
import { readHead, writeHead } from "./head.ts";
import { linkOf, readTail, type Tail } from "./tail.ts";

const flush = promisify(fsync);

/** How long to wait for other processes, in milliseconds. */
const patience = 10_000;

export function filesIn(state: string): { log: string; head: string } {
  return { log: join(state, "audit.jsonl"), head: join(state, "audit.head") };
}

/** Lines that wait for the same turn, so that calls at the same time take the lock once and flush once. */
interface Batch {
  entries: CallEntry[];
  written: Promise<void>;
}

/** By folder: the batch that can still take a line, and what has to be done before the next one begins. */
const filling = new Map<string, Batch>();
const last = new Map<string, Promise<unknown>>();

/**
 * Adds a line, and before it, where the log does not end as it was left, one that says so.
 * @param state our folder, absolute; made, 0700, if need be
 * @throws Problem `file_unwritable`, `file_unreadable`, `file_locked`
 */
export function append(state: string, entry: CallEntry): Promise<void> {
  const batch = filling.get(state);
  if (batch) {
    batch.entries.push(entry);
    return batch.written;
  }
  const entries = [entry];
  const close = () => {
    if (filling.get(state)?.entries === entries) filling.delete(state);
  };
  const before = last.get(state) ?? Promise.resolve();
  const written = before.then(() => appendAll(state, entries, close)).finally(close);
  filling.set(state, { entries, written });
  const done = written
    .catch(() => {}) // told to those whose lines they are
    .then(() => {
      if (last.get(state) === done) last.delete(state);
    });
  last.set(state, done);
  return written;
}

/** @param close called when it begins: what comes from then on is for the next batch */
async function appendAll(state: string, entries: readonly CallEntry[], close: () => void): Promise<void> {
  const { log, head } = filesIn(state);
  try {
    mkdirSync(state, { recursive: true, mode: 0o700 });
    await withLocks(join(state, "locks"), [log], patience, async () => {
      close();
      let known = await readHead(head);
      if (known === undefined && isNew(log)) {
        known = start;
        await writeHead(head, start);
      }
      const link = await write(log, (tail) => {
        const breach = breachOf(tail, known, entries[0]?.at ?? "");
        return { tail, entries: breach ? [breach, ...entries] : entries };
      });
      await writeHead(head, link);
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unwritable(
      log,
      error,
      "Nothing is done that cannot be logged. Make room there, or point FLY_TOKENS_HOME to a folder that can be written.",
    );
  }
}

async function write(
  log: string,
  decide: (tail: Tail) => { tail: Tail; entries: readonly (CallEntry | RecoveredEntry)[] },
): Promise<Link> {
  const file = openSync(log, "a+", 0o600);
  try {
    const { tail, entries } = decide(readTail(file));
    let link = linkOf(tail) ?? start;
    let text = tail.torn ? "\n" : "";
    for (const entry of entries) {
      const sealed = seal(clean(entry), link);
      text += `${sealed.line}\n`;
      link = sealed.link;
    }
    writeWhole(file, Buffer.from(text), tail.size);
    await flush(file);
    if (tail.size === 0) await flushFolder(join(log, ".."));
    return link;
  } finally {
    closeSync(file);
  }
}

/** All of it or, where the system lets us take it back, nothing: a full disk takes a part. */
function writeWhole(file: number, bytes: Buffer, size: number): void {
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(file, bytes, done);
  } catch (error) {
    try {
      if (done > 0) ftruncateSync(file, size);
    } catch {
      // The file may be one that the system only lets grow. The next line says what is torn.
    }
    throw error;
  }
}

function isNew(log: string): boolean {
  return (statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** What is wrong with the log's end; `undefined` when it is as we left it. */
function breachOf(tail: Tail, head: Link | null | undefined, at: string): RecoveredEntry | undefined {
  const { torn } = tail;
  const isExpected = head ? fits(head, tail) : false;
  if (isExpected && !torn) return undefined;
  return { event: "recovered", at, ...(torn && { torn }), ...(!isExpected && { expected: head ?? null }) };
}

/** A process that was killed between the two has left the head a line behind. */
function fits(head: Link, tail: Tail): boolean {
  const found = linkOf(tail);
  if (!found || found.seq < head.seq) return false;
  if (found.seq === head.seq) return found.hash === head.hash;
  return found.seq > head.seq + 1 || tail.last?.prev === head.hash;
}

/** Without what looks like a secret, or is one that this process has seen: an agent may have put it anywhere. */
function clean(entry: CallEntry | RecoveredEntry): Record<string, unknown> {
  return JSON.parse(redact(JSON.stringify(entry))) as Record<string, unknown>;
}
