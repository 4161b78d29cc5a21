/** The lines of the log one after the other: it may be larger than the memory. */
import { createReadStream } from "node:fs";
import { codeOf, unreadable } from "../disk/refusals.ts";
import { longestLine } from "./chain.ts";

export interface Line {
  /** From 1. */
  number: number;
  /** Without the line feed; only the beginning of one that is longer than any of ours. */
  bytes: Buffer;
  /** Whether a line feed follows. */
  whole: boolean;
}

/** Nothing when there is no file. @throws Problem `file_unreadable` */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        number += 1;
        yield { number, bytes: joined(rest, chunk.subarray(from, at)), whole: true };
        rest = Buffer.alloc(0);
        from = at + 1;
      }
      rest = joined(rest, chunk.subarray(from));
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw unreadable(file, error);
  }
  if (rest.length > 0) yield { number: number + 1, bytes: rest, whole: false };
}

function joined(one: Buffer, other: Buffer): Buffer {
  if (one.length > longestLine) return one;
  return one.length === 0 ? Buffer.from(other) : Buffer.concat([one, other]);
}
