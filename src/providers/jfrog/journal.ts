/**
 * What the platform forgets: entries of ours in the order of time, of which none is dropped. The platform has no list of
 * revoked tokens, and keeps none that live less than three hours. There is no value in it.
 */
import * as z from "zod";
import type { Lines } from "../../state/lines.ts";
import type { State } from "../../state/state.ts";
import type { Token } from "../provider.ts";
import { tokenShape } from "../shapes.ts";
import { hasExpired } from "./model.ts";

const entryShape = z.object({
  /**
   * `revoking` of a token that the platform lists, before it is asked for: when it is listed no more, the end of that
   * revocation was merely not seen.
   */
  event: z.enum(["issued", "revoking", "revoked"]),
  at: z.string(),
  /** The platform, and as whom it was asked. */
  url: z.string(),
  by: z.string(),
  token: tokenShape,
  mark: z.string().optional(),
  /** SHA-256 of a reference token, by which it is known when it is dead. */
  digest: z.string().optional(),
});

export type Entry = z.output<typeof entryShape>;

/** What is remembered of one token. */
export interface Memory {
  token: Token;
  mark?: string | undefined;
  digest?: string | undefined;
  revoked: boolean;
  revoking: boolean;
}

/** Milliseconds: the platform stores what lives at least as long. */
export const storedFrom = 3 * 3_600_000;

export class Journal {
  readonly #entries: Lines<Entry>;

  constructor(state: Pick<State, "lines">) {
    this.#entries = state.lines("jfrog", entryShape, Number.POSITIVE_INFINITY);
  }

  /** @throws Problem `file_unwritable`, `state_unavailable` */
  append(entry: Entry): Promise<void> {
    return this.#entries.append(entry);
  }

  /** By id; of one platform and one user. @throws Problem `file_unreadable`, `state_unavailable` */
  async read(url: string, by: string): Promise<Map<string, Memory>> {
    const known = new Map<string, Memory>();
    for (const entry of await this.#entries.mentioning(url)) {
      if (entry.url !== url || entry.by !== by) continue;
      const before = known.get(entry.token.id);
      known.set(entry.token.id, {
        token: entry.token,
        mark: entry.mark ?? before?.mark,
        digest: entry.digest ?? before?.digest,
        revoked: entry.event === "revoked" || before?.revoked === true,
        revoking: entry.event === "revoking" || before?.revoking === true,
      });
    }
    return known;
  }
}

/**
 * A token that the platform does not know, as far as it can be told what has become of it. `undefined` for one that it
 * should know: somebody else has ended it.
 */
export function remembered({ token, revoked, revoking }: Memory, now: Date): Token | undefined {
  if (revoked) return { ...token, status: "revoked" };
  if (hasExpired(token, now)) return { ...token, status: "expired" };
  if (revoking) return { ...token, status: "revoked" };
  return isForgotten(token) ? { ...token, status: "active" } : undefined;
}

/** Whether it lives too short to be stored at the platform. */
export function isForgotten({ created_at, expires_at }: Pick<Token, "created_at" | "expires_at">): boolean {
  return expires_at !== null && Date.parse(expires_at) - Date.parse(created_at) < storedFrom;
}
