/** Which token a value is. Fly.io is asked with that token itself; what it may do is its own word. */
import { uuidOf } from "../../macaroon/macaroon.ts";
import type { Names } from "../../macaroon/words.ts";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import type { Secret } from "../../secret.ts";
import type { Token, TokenStatus } from "../provider.ts";
import { type Bag, bagOf, permissionsIn } from "./authorization.ts";
import { describe } from "./describe.ts";
import type { Fingerprints } from "./fingerprints.ts";
import type { Ask } from "./graphql.ts";
import { organizationsIn } from "./lookup.ts";
import type { CurrentToken, Machines } from "./machines.ts";
import { model, type TokenRecord, username } from "./model.ts";
import { recordById } from "./records.ts";
import { weaknessOf } from "./weakness.ts";

interface Parts {
  ask: Ask;
  machines: Machines;
  fingerprints: Fingerprints;
  now: Seams["now"];
}

/** `undefined` for a value that holds no macaroon. @throws Problem when nobody can say */
export async function introspect(
  secret: Secret,
  { ask, machines, fingerprints, now }: Parts,
): Promise<Token | undefined> {
  const bag = bagOf(secret);
  const permissions = permissionsIn(bag);
  const [first] = permissions;
  if (!first) return undefined;
  const uuid = uuidOf(first.nonce);
  const current = await currentOf(machines, bag);
  const known = await fingerprints.find(bag, uuid);
  const record = await recordOf(ask, [known?.id, current?.find((one) => one.token_id)?.token_id]);
  const status = statusBy(bag, current, now());
  const said = describe(permissions, namesFor(bag, current ?? []));
  if (!record)
    return {
      id: uuid,
      provider: "flyio",
      name: `${uuid}@tokens.fly.io`,
      username,
      ...said,
      created_by: "unknown",
      status,
    };
  const token = model(record, now());
  if (known?.isWhole) return token;
  const { permission, scope } = said;
  const expires_at = said.expires_at ?? token.expires_at;
  const isOver = token.status === "active" && status === "expired";
  return { ...token, permission, scope, expires_at, ...(isOver && { status }) };
}

/** Fly.io says names, the token numbers; they belong together where there is one of each. */
function namesFor(bag: Bag, current: readonly CurrentToken[]): Names {
  const [number, ...others] = organizationsIn(bag);
  const slug = current.find(({ org_slug }) => org_slug !== undefined)?.org_slug;
  return number !== undefined && slug !== undefined && others.length === 0
    ? { orgs: { [number]: slug } }
    : {};
}

/** `undefined` when Fly.io refuses them. */
async function currentOf(machines: Machines, bag: Bag): Promise<CurrentToken[] | undefined> {
  try {
    return await machines.current(bag);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === "unauthorized") return undefined;
    return (await machines.authenticate(bag)) ? [] : undefined;
  }
}

/** One that lacks discharges is refused, too, and lives. */
function statusBy(bag: Bag, current: CurrentToken[] | undefined, now: Date): TokenStatus {
  const weakness = weaknessOf(bag, now);
  if (weakness) return "ended" in weakness ? "expired" : "active";
  return current ? "active" : "revoked";
}

/** The first that is on record, as far as the configured credential may look. */
async function recordOf(ask: Ask, ids: readonly (string | undefined)[]): Promise<TokenRecord | undefined> {
  for (const id of new Set(ids))
    try {
      if (id !== undefined) return await recordById(ask, id);
    } catch (error) {
      const codes = ["not_found", "unauthorized", "forbidden", "not_configured"];
      if (!(error instanceof Problem) || !codes.includes(error.code)) throw error;
    }
  return undefined;
}
