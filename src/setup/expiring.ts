/** What expires soon, in time to do something about it. */
import * as z from "zod";
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import { usedHere, useInWords } from "./used-here.ts";

const day = 86_400_000;

/** Milliseconds. */
export const soon = 14 * day;

export const expiringShape = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    expires_at: z.string(),
    when: z.string(),
    used_by: z.array(z.string()),
  }),
);

export type Expiring = z.output<typeof expiringShape>;

/** The active ones among these tokens that expire within 14 days, the first to go first, and where this machine uses them. */
export async function expiringOf(tokens: readonly Token[], context: Context): Promise<Expiring> {
  const now = context.now();
  const found = tokens
    .flatMap((token) =>
      token.status === "active" && isSoon(token.expires_at, now)
        ? [{ ...token, expires_at: token.expires_at }]
        : [],
    )
    .sort((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at));
  const uses = await usedHere(found, context).catch((error: unknown) => {
    // A record that cannot be read hides nothing of what the issuer says.
    if (error instanceof Problem) return undefined;
    throw error;
  });
  return found.map(({ id, name, expires_at }) => ({
    id,
    name,
    expires_at,
    when: dayInWords(expires_at, now),
    used_by: (uses?.get(id) ?? []).map(useInWords),
  }));
}

/** Lines for people. */
export function expiringInWords(expiring: Expiring): string[] {
  const lines = expiring.map(
    ({ id, name, expires_at, when, used_by }) =>
      `${name} (${id}) expires ${when} (${expires_at})${used_by.length > 0 ? `; used here by ${used_by.join(", ")}` : ""}`,
  );
  return lines.length > 0
    ? [
        ...lines,
        `rotate_token makes a successor${expiring.some(({ used_by }) => used_by.length > 0) ? " and rewrites the places" : ""} of each.`,
      ]
    : [];
}

/** What a package manager's user should know of its token; `undefined` when there is time. */
export function expiryWarning(
  { id, expires_at, status }: Pick<Token, "id" | "expires_at" | "status">,
  now: Date,
): string | undefined {
  if (status === "revoked" || !isSoon(expires_at, now)) return undefined;
  const has = status === "expired" || Date.parse(expires_at) <= now.getTime();
  return `The token ${has ? "has expired" : `expires ${dayInWords(expires_at, now)}`} (${expires_at}): rotate_token with id ${id} puts a successor in its places.`;
}

function isSoon(expires_at: string | null, now: Date): expires_at is string {
  return expires_at !== null && Date.parse(expires_at) - now.getTime() < soon;
}

/** By the days of the calendar, in UTC. */
function dayInWords(expires_at: string, now: Date): string {
  const days = Math.floor(Date.parse(expires_at) / day) - Math.floor(now.getTime() / day);
  return days <= 0 ? "today" : days === 1 ? "tomorrow" : `in ${days} days`;
}
