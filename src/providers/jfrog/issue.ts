/** Making a token. */
import { createHash } from "node:crypto";
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";
import { type Mark, readMark, writeMark } from "../mark.ts";
import { type Making, type Marked, makeOnce, orRevoked } from "../once.ts";
import type { Grant, Token } from "../provider.ts";
import { answer } from "./answers.ts";
import type { components } from "./api.generated.ts";
import { prefix, readDescription, writeDescription } from "./description.ts";
import { remembered } from "./journal.ts";
import { claimsOf, userOf } from "./jwt.ts";
import { model, type TokenRecord } from "./model.ts";
import type { Order } from "./order.ts";
import { type Known, memoryOf, recordById, recordsIn, tokenById } from "./records.ts";
import { revoke } from "./revoke.ts";

interface Made extends Marked {
  token: Token;
  secret: Secret;
}

/** @throws Problem */
export async function issue(known: Known, order: Order): Promise<Grant> {
  const making: Making<Made> = {
    ...order,
    find: () => twins(known, order.mark),
    create: (mark) => create(known, order, mark),
    revoke: (id) => revoke(known, id),
  };
  const result = await makeOnce(making);
  if ("made" in result) return { token: result.made.token, secret: result.made.secret };
  return { token: await tokenById(known, result.earlier.id) };
}

/**
 * Active ones of the same call: as the platform finds them by their beginning, and those that it does not store. An
 * admin is shown those of others too, who may have used the same key, or have copied a description.
 */
async function twins(known: Known, { call }: Mark): Promise<Marked[]> {
  const now = known.now();
  const [records, user] = [await recordsIn(known.session, prefix(call)), await known.session.username()];
  const own = records.filter(({ subject }) => userOf(subject) === user);
  const listed = own.map((record) => ({
    token: model(record, now),
    mark: readDescription(record.description)?.mark,
  }));
  const memory = [...(await memoryOf(known)).values()].flatMap((one) => {
    const token = remembered(one, now);
    return token ? [{ token, mark: readMark(one.mark ?? "") }] : [];
  });
  const found = new Map([...memory, ...listed].map((one) => [one.token.id, one]));
  return [...found.values()].flatMap(({ token, mark }) =>
    mark?.call === call && token.status === "active" ? [{ ...token, mark }] : [],
  );
}

async function create(known: Known, order: Order, mark: Mark): Promise<Made> {
  const { api, credential } = known.session;
  const description = writeDescription({ ...order, mark });
  const made = await answer(
    api.POST("/access/api/v1/tokens", {
      body: {
        scope: order.scope,
        expires_in: order.expires_in,
        description,
        ...(order.force_revocable && { force_revocable: true }),
        ...(order.include_reference_token && { include_reference_token: true }),
      },
    }),
    credential,
  );
  const value = order.include_reference_token ? made.reference_token : made.access_token;
  if (!made.token_id || !value)
    throw new Problem("provider_down", "The platform answered without the new token's value.", "Try again.");
  const secret = new Secret(value);
  return orRevoked({ revoke: (id) => revoke(known, id) }, made.token_id, async () => {
    const token = model(await recordOf(known, made, description), known.now());
    const by = await known.session.username();
    await known.journal.append({
      event: "issued",
      at: known.now().toISOString(),
      url: credential.url,
      by,
      token,
      mark: writeMark(mark),
      ...(order.include_reference_token && { digest: digestOf(secret) }),
    });
    if (endsOtherwise(token, order))
      order.cautions.push(
        `The platform let it end ${token.expires_at === null ? "never" : `at ${token.expires_at}`}, which is not what was asked for.`,
      );
    return { ...token, token, secret, mark };
  });
}

/** As the platform will list it: the JWT says so itself. */
async function recordOf(
  known: Known,
  made: components["schemas"]["MintedToken"],
  description: string,
): Promise<TokenRecord> {
  const claims = claimsOf(new Secret(made.access_token));
  const listed = claims ? undefined : await recordById(known.session, made.token_id);
  if (listed) return listed;
  const issued_at = claims?.iat ?? Math.floor(known.now().getTime() / 1000);
  const expiry = claims ? claims.exp : made.expires_in && issued_at + made.expires_in;
  return {
    token_id: made.token_id,
    subject: claims?.sub ?? (await known.session.username()),
    issuer: claims?.iss,
    issued_at,
    description,
    expiry: expiry || undefined,
    last_used: undefined,
  };
}

function endsOtherwise({ created_at, expires_at }: Token, { expires_in }: Order): boolean {
  if (expires_at === null) return expires_in !== 0;
  const life = (Date.parse(expires_at) - Date.parse(created_at)) / 1000;
  return Math.abs(life - expires_in) > 60;
}

export function digestOf(secret: Secret): string {
  return createHash("sha256").update(secret.reveal()).digest("hex");
}
