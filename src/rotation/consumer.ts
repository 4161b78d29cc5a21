/** WHO USES A TOKEN on this machine, or got it from here: a place that a rotation rewrites. */
import type { Login } from "../delivery/delivery.ts";
import type { Token } from "../providers/provider.ts";
import { fingerprintsOf, type Secret } from "../secret.ts";

/** A token with its value. */
export interface Held extends Login {
  record: Token;
}

export interface Consumer {
  /** For people: which package manager, which file, which secret of which repository. */
  where: string;
  /** The value that is there now. `unreadable`: nobody but the place itself can read it. */
  read(): Promise<Secret | undefined | "unreadable">;
  /** Changes nothing. @throws Problem when `put` would fail */
  check(): Promise<void>;
  /**
   * Puts a value there, over ours; a second time it does nothing more.
   * @returns whether the value was tried there, or read back
   * @throws Problem; the place is as before then, as far as it can be read
   */
  put(held: Held): Promise<boolean>;
  /** Puts the former value back, byte for byte where that is possible. @throws Problem */
  putBack(former: Held | undefined, successor: string): Promise<void>;
}

/** Whether two values have a token in common. */
export function isSame(one: Secret, other: Secret): boolean {
  const known = fingerprintsOf(other);
  return fingerprintsOf(one).some((print) => known.includes(print));
}
