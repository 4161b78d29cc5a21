/** A token at the platform as one of ours. It tells neither status nor scope: the one is derived, the other written down. */
import * as z from "zod";
import { Problem, quote } from "../../problem.ts";
import type { Token } from "../provider.ts";
import { readDescription } from "./description.ts";
import { userOf } from "./jwt.ts";
import { inWords } from "./scopes.ts";

const absent = <Shape extends z.ZodType>(shape: Shape) =>
  shape.nullish().transform((value) => value ?? undefined);

/** What is used of a record. Checked, since what answers need not be the platform. */
export const recordShape = z.object({
  token_id: z.string().min(1),
  subject: z.string(),
  issuer: absent(z.string()),
  issued_at: z.number(),
  expiry: absent(z.number()),
  description: absent(z.string()),
  last_used: absent(z.number()),
});

export type TokenRecord = z.output<typeof recordShape>;

export function model(record: TokenRecord, now: Date): Token {
  const ours = readDescription(record.description);
  const username = quote(userOf(record.subject));
  const expires_at = record.expiry === undefined ? null : iso(record.expiry);
  return {
    id: record.token_id,
    provider: "jfrog",
    name: ours?.name ?? elsewhere(record),
    username,
    permission: ours?.permission ?? "custom",
    scope: ours ? inWords(ours.scope) : "made elsewhere; the platform does not say what it may do",
    ...(ours?.environment !== undefined && { environment: ours.environment }),
    created_by: username,
    created_at: iso(record.issued_at),
    expires_at,
    ...(record.last_used !== undefined && { last_used_at: iso(record.last_used) }),
    status: hasExpired({ expires_at }, now) ? "expired" : "active",
  };
}

export function hasExpired({ expires_at }: Pick<Token, "expires_at">, now: Date): boolean {
  return expires_at !== null && new Date(expires_at) <= now;
}

function elsewhere({ description, token_id }: TokenRecord): string {
  return quote(description ?? "", 100) || `token ${quote(token_id, 40)}`;
}

/** @param seconds since 1970 @throws Problem `provider_down` for what is no time */
function iso(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new Problem("provider_down", "The platform names a time that is none.", "Try again.");
}
