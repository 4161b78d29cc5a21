/** Looks through bytes that come in pieces, and says where in them tokens are. */
import type { Hit, Scanner } from "./scan.ts";
import { Cursor, encodingOf, textOf } from "./text.ts";

export interface Sight extends Pick<Hit, "format" | "secret"> {
  /** From 1. */
  line: number;
  /** In characters, from 1. */
  column: number;
}

/** A part of a file with what stands around it, so that no token is cut in two. */
export interface Piece {
  bytes: Buffer;
  /** Which bytes of it are its own; what begins outside is another piece's. */
  from: number;
  to: number;
}

/** In order, the first with the file's beginning. */
export async function* lookThrough(pieces: AsyncIterable<Piece>, scanner: Scanner): AsyncGenerator<Sight> {
  let look: ((piece: Piece) => Sight[]) | undefined;
  for await (const piece of pieces) {
    look ??= looker(piece.bytes, scanner);
    yield* look(piece);
  }
}

/** All at once, for what is in memory. */
export function lookAt(bytes: Buffer, scanner: Scanner): Sight[] {
  return looker(bytes, scanner)({ bytes, from: 0, to: bytes.length });
}

function looker(head: Buffer, scanner: Scanner): (piece: Piece) => Sight[] {
  const encoding = encodingOf(head);
  const cursor = new Cursor(encoding);
  const width = encoding.name === "latin1" ? 1 : 2;
  let skip = encoding.mark;
  // Of a token that goes on in the next piece what is seen there is no other one. From the file's beginning.
  let [passed, behind] = [0, 0];
  return ({ bytes, from, to }) => {
    const text = textOf(bytes.subarray(skip), encoding);
    const [start, end] = [Math.max(0, from - skip) / width, (to - skip) / width];
    skip = 0;
    let at = start;
    const sights = scanner
      .scan(text)
      .filter((hit) => hit.at >= start && hit.at < end && hit.at - start + passed >= behind)
      .map((hit) => ({ ...hit, from: Math.max(hit.from, start) }))
      .sort((a, b) => a.from - b.from)
      .map(({ format, secret, from: place, end: last }) => {
        behind = Math.max(behind, last - start + passed);
        cursor.pass(text, at, place);
        at = place;
        return { format, secret, line: cursor.line, column: cursor.column };
      });
    cursor.pass(text, at, end);
    passed += end - start;
    return sights;
  };
}
