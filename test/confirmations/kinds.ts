/** Both kinds of handles, each in a folder of its own. */
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { AskedFor, Confirmations } from "../../src/confirmations/confirmations.ts";
import { openConfirmations } from "../../src/confirmations/index.ts";
import { Seal } from "../../src/seal.ts";
import { Secret } from "../../src/secret.ts";
import { FolderOnce } from "../../src/state/once.ts";
import { type TempHome, tempHome } from "../support/home.ts";

export const kinds = ["stored", "sealed"] as const;
export type Kind = (typeof kinds)[number];

export const plan = { lines: ["Revoke ä, which expires in 3 days"], ids: ["tok_a"], phrase: "ä" };
export const declined = expect.objectContaining({ code: "declined" });

/** A call of alice's. */
export const call = (more: Partial<AskedFor> = {}): AskedFor => ({
  tool: "revoke_token",
  args: { ids: ["tok_a"] },
  caller: "alice",
  ...more,
});

export interface Desk extends TempHome {
  /** Of one replica; another call gives another replica, over the same folder. */
  open(key?: Secret): Confirmations;
  /** Moves the clock of all of them; milliseconds. */
  pass(time: number): void;
  state: string;
}

export async function openDesk(kind: Kind): Promise<Desk> {
  const home = await tempHome();
  const state = home.at("state");
  let at = Date.parse("2027-03-01T10:00:00Z");
  const now = () => new Date(at);
  const operators = new Secret(randomBytes(32).toString("hex"));
  return {
    ...home,
    state,
    pass: (time) => {
      at += time;
    },
    open: (key = operators) =>
      openConfirmations({
        state,
        now,
        shared:
          kind === "sealed"
            ? {
                seal: new Seal(key),
                once: new FolderOnce(home.at("state/once"), now),
                approved: new FolderOnce(home.at("state/approved"), now),
              }
            : undefined,
      }),
  };
}

export const minute = 60_000;
