/** Actions as Fly.io counts them: read 1, write 2, create 4, delete 8, control 16 (start, stop, signal). */
import { MacaroonFault } from "./fault.ts";

/** By the bit, and in the order in which they are printed. */
const letters = ["r", "w", "c", "d", "C"] as const;

export const everything = 0x1f;

/** The letters of the known actions; bits that have none are left out. */
export function maskText(mask: number): string {
  return letters.filter((letter) => mask & bitOf(letter)).join("");
}

/** @param text letters of `rwcdC`, or `*` for whatever there is @throws MacaroonFault `bad_caveat` */
export function maskOf(text: string): number {
  if (text === "*") return 0xffff;
  let mask = 0;
  for (const letter of text) {
    const bit = bitOf(letter);
    if (bit === 0) throw new MacaroonFault("bad_caveat", "Actions are letters of rwcdC, or *.");
    mask |= bit;
  }
  return mask;
}

function bitOf(letter: string): number {
  const index = (letters as readonly string[]).indexOf(letter);
  return index < 0 ? 0 : 1 << index;
}

/** Whether every action of one mask is in the other. */
export function within(actions: number, mask: number): boolean {
  return (actions & ~mask) === 0;
}
