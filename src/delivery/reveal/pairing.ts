/**
 * A short code that only the person was told who is to see the page: it is in no address, and so in no browser's
 * history, link preview or list of processes.
 */
import { randomBytes } from "node:crypto";
import { isSameText } from "../../same-text.ts";

// Crockford's base 32: five bits each, and none is taken for another once I and L are read as 1, and O as 0.
const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Five guesses at 40 bits. */
const tries = 5;

export class Pairing {
  /** For people: `7K3M-Q9ZT`. */
  readonly code = newCode();
  #left = tries;

  /** How many more tries there are. */
  get left(): number {
    return this.#left;
  }

  /** Takes one of the tries, and as long for a wrong code as for the right one. After the last, none is right. */
  accepts(typed: string): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    return isSameText(meant(typed), meant(this.code));
  }
}

function newCode(): string {
  const picked = [...randomBytes(8)].map((byte) => signs[byte % signs.length]).join("");
  return `${picked.slice(0, 4)}-${picked.slice(4)}`;
}

/** What somebody meant to type: however wide, in whatever case, and grouped as they like. */
function meant(typed: string): string {
  const read = typed.normalize("NFKC").toUpperCase().replace(/[IL]/g, "1").replaceAll("O", "0");
  return read.replace(/[^0-9A-Z]/g, "");
}
