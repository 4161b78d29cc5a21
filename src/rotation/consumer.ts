/** WHO USES A TOKEN on this machine, or got it from here: a place that a rotation rewrites. */
import type { Login } from "../delivery/delivery.ts";
import { fingerprintsOf, isAmong } from "../fingerprints.ts";
import type { Token } from "../providers/provider.ts";
import type { Secret } from "../secret.ts";

/** What of a token decides over its places. */
export type Subject = Pick<Token, "id" | "provider" | "permission" | "environment">;

/** A token with its value. */
export interface Held extends Login {
  token: NonNullable<Login["token"]>;
}

export interface Consumer {
  /** For people: which package manager, which file, which secret of which repository. */
  where: string;
  /**
   * The value that is there now; none where not all of the place has the same. `unreadable`: nobody but the place itself
   * can read it. @throws Problem
   */
  read(): Promise<Secret | undefined | "unreadable">;
  /** Changes nothing. @throws Problem when `put` would fail */
  check(): Promise<void>;
  /**
   * Puts a value there, over ours; a second time it does nothing more.
   * @param toBeTried whether it fails where its issuer does not take the value; else it need only be there
   * @returns whether that was found, or read back @throws Problem
   */
  put(held: Held, toBeTried: boolean): Promise<boolean>;
}

/** What of this machine has a token. */
export interface Found {
  consumers: Consumer[];
  /** Those that read the value from a variable which only the user can set. */
  by_hand: string[];
  /** Whether some of them cannot be read: when what is behind them begins to use another value, nobody here can tell. */
  unseen: boolean;
  /** Where it was, and is no more. */
  notes: string[];
}

/** Whether two values have a token in common. */
export function isSame(one: Secret, other: Secret): boolean {
  return isAmong(one, fingerprintsOf(other));
}
