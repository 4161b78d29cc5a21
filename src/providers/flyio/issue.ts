/** Making a token. Fly.io gives its value in one answer and knows no idempotency keys; its mark stands in its name. */
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";
import type { Mark } from "../mark.ts";
import { type Making, type Marked, makeOnce, orRevoked } from "../once.ts";
import type { Grant } from "../provider.ts";
import { createTokenMutation } from "./api.generated.ts";
import type { Ask } from "./graphql.ts";
import { splitMark, withMark } from "./mark.ts";
import { model, statusOf, type TokenRecord } from "./model.ts";
import { narrowed } from "./narrow.ts";
import type { Order } from "./order.ts";
import { recordsOfApp, recordsOfOrganization } from "./records.ts";
import { revoke } from "./revoke.ts";

interface Found extends Marked {
  record: TokenRecord;
}

interface Made extends Found {
  secret: Secret;
}

/** @throws Problem */
export async function issue(ask: Ask, order: Order, now: () => Date): Promise<Grant> {
  const making: Making<Made, Found> = {
    name: order.input.name,
    mark: order.mark,
    isKeyed: order.isKeyed,
    isListed: true,
    find: () => twins(ask, order, now()),
    create: (mark) => create(ask, order, mark),
    revoke: (id) => revoke(ask, id),
  };
  const result = await makeOnce(making);
  if ("earlier" in result) return { token: model(result.earlier.record, now()) };
  const { id, record, secret } = result.made;
  return orRevoked(making, id, async () => ({
    token: model(record, now()),
    secret: narrowed(secret, order.kind, order.target, order.commands),
  }));
}

/** Active ones of the same call. In which list Fly.io shows an app's token is not certain, so both are read. */
async function twins(ask: Ask, { target, input, mark: { call } }: Order, now: Date): Promise<Found[]> {
  const { app, organization } = target;
  const lists = await Promise.all([
    app && input.profile === "deploy" ? recordsOfApp(ask, app.name) : [],
    recordsOfOrganization(ask, organization.slug),
  ]);
  const records = new Map(lists.flat().map((record) => [record.id, record]));
  return [...records.values()].flatMap((record) => {
    const { name, mark } = splitMark(record.name);
    const isTwin = mark?.call === call && statusOf(record, now) === "active";
    return isTwin ? [{ id: record.id, name, created_at: record.createdAt, mark, record }] : [];
  });
}

async function create(ask: Ask, { input }: Order, mark: Mark): Promise<Made> {
  const { createLimitedAccessToken } = await ask(createTokenMutation, {
    input: { ...input, name: withMark(input.name, mark) },
  });
  const { tokenHeader, ...record } = Object(createLimitedAccessToken?.limitedAccessToken);
  if (!record.id || !tokenHeader)
    throw new Problem("provider_down", "Fly.io answered without the new token's value.", "Try again.");
  const { id, createdAt: created_at } = record;
  return { id, name: input.name, created_at, mark, record, secret: new Secret(tokenHeader) };
}
