/** Which kind of handle a call gets, and which kind a handle is. */
import { join } from "node:path";
import { Problem } from "../problem.ts";
import type { Seal } from "../seal.ts";
import type { Once } from "../state/once.ts";
import type { Confirmations } from "./confirmations.ts";
import { isSealed, SealedConfirmations } from "./sealed.ts";
import { StoredConfirmations } from "./stored.ts";

export interface ConfirmationsOptions {
  /** Our folder, absolute. */
  state: string;
  now: () => Date;
  /** With the operator's key, and what replicas agree by; without it every handle is a stored one. */
  shared?: { seal: Seal; once: Once; approved: Once } | undefined;
}

/** Sealed ones for those who call over HTTP where there is a key, short ones for everybody else. Nothing is written yet. */
export function openConfirmations({ state, now, shared }: ConfirmationsOptions): Confirmations {
  const stored = new StoredConfirmations(join(state, "confirmations"), now);
  const sealed =
    shared &&
    new SealedConfirmations({
      seal: shared.seal,
      used: shared.once,
      approved: shared.approved,
      now,
    });
  const kindOf = (handle: string) => (sealed && isSealed(handle) ? sealed : stored);
  /** For the terminal: there it is the settings that are wrong, and not the handle. */
  const readable = (handle: string) => {
    if (sealed || !isSealed(handle)) return kindOf(handle);
    throw new Problem(
      "not_configured",
      "This confirmation is sealed with a key that the settings here do not have.",
      "Set FLY_TOKENS_HTTP_KEY as the HTTP server has it, and FLY_TOKENS_DATABASE_URL if it has one, else FLY_TOKENS_HOME to the same folder.",
    );
  };
  return {
    offer: (call, plan) => (call.caller === undefined ? stored : (sealed ?? stored)).offer(call, plan),
    look: async (handle) => readable(handle).look(handle),
    redeem: (handle, call, rule) => kindOf(handle).redeem(handle, call, rule),
    approve: async (handle) => readable(handle).approve(handle),
  };
}
