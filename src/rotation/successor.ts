/** The successor is made, and its value on disk before anything else happens. */
import type { Context } from "../context.ts";
import { fingerprintsOf } from "../fingerprints.ts";
import { mint, orRevoke } from "../minting.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import { Secret } from "../secret.ts";
import type { Held, Subject } from "./consumer.ts";
import { formersOf, placesOf } from "./places.ts";
import type { RotationRecord } from "./record.ts";

/** How often a successor's value may be lost on its way. */
const mostAttempts = 5;

/**
 * Of a successor whose value was lost, with the process that asked for it, nobody will ever hear: it is revoked, and
 * another one is asked for.
 * @param begun in the phase `begun`
 * @returns the record in the phase `minted` @throws Problem; no successor that is known of lives then
 */
export async function withSuccessor(begun: RotationRecord, context: Context): Promise<RotationRecord> {
  const { tokens } = context.use("tokens", begun.provider);
  const { expires_at, ...request } = begun.request;
  let record = begun;
  while (record.attempt <= mostAttempts) {
    const asked = {
      ...request,
      expires_at: expires_at === null ? null : new Date(expires_at),
      idempotency_key: `rotate-${record.id}-${record.attempt}`,
    };
    const { token, secret } = await mint(tokens, asked, context).catch((error) =>
      ended(error, record, context),
    );
    if (secret) return noted(record, token, secret, context).catch((error) => ended(error, record, context));
    await tokens.revoke(token.id);
    record = await context.rotations.write({ ...record, attempt: record.attempt + 1 });
  }
  throw new Problem("provider_down", "The successor's value was lost again and again.", "Try again later.");
}

async function noted(
  record: RotationRecord,
  token: Token,
  secret: Secret,
  context: Context,
): Promise<RotationRecord> {
  const { tokens } = context.use("tokens", record.provider);
  const old = subjectOf(record);
  return orRevoke(tokens, token.id, async () => {
    const { consumers } = await placesOf(old, undefined, context);
    return context.rotations.write({
      ...record,
      phase: "minted",
      new_id: token.id,
      username: token.username,
      value: secret.reveal(),
      formers: await formersOf(old, consumers, context),
    });
  });
}

/**
 * Nothing has changed: the next rotation of this token begins anew. One that an issuer did not answer may have made a
 * successor: it is asked for again, and found then.
 */
async function ended(error: unknown, record: RotationRecord, { rotations }: Context): Promise<never> {
  if (error instanceof Problem && error.code !== "provider_down")
    await rotations.write({ ...record, phase: "aborted" }).catch(() => {});
  throw error;
}

/** The old one, as far as it decides over its places. */
export function subjectOf({ provider, old, request }: RotationRecord): Subject {
  const { permission, environment } = request;
  return { id: old.id, provider, permission, environment };
}

/** @param record in the phase `minted` */
export function successorOf(record: RotationRecord): Held {
  const { provider, new_id: id = "", username = "", value = "", request } = record;
  return { username, secret: new Secret(value), token: { id, provider, name: request.name } };
}

/** The old one with its value as a place had it; where that is not known, as its issuer gave it out, or as any has it. */
export async function formerOf(
  { provider, old, formers = {} }: RotationRecord,
  where: string,
  { ledger }: Context,
): Promise<Held | undefined> {
  const whole = (await ledger.of(provider, old.id).catch(() => undefined))?.fingerprints[0];
  const values = Object.values(formers).map((value) => new Secret(value));
  const own = formers[where];
  const secret =
    own === undefined
      ? (values.find((value) => fingerprintsOf(value)[0] === whole) ?? values[0])
      : new Secret(own);
  return secret && { username: old.username, secret, token: { id: old.id, provider, name: old.name } };
}
