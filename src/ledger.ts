/**
 * Which tokens were made on this machine, or by all replicas, and where their values went. It holds no value, only SHA-256 of it and of the
 * tokens in it, so that one that turns up in a file can be told from a stranger's, and a rotation knows what to rewrite.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Destination } from "./delivery/delivery.ts";
import { fingerprintsOf } from "./fingerprints.ts";
import type { IssueRequest, Token } from "./providers/provider.ts";
import { flyioRequestShape } from "./providers/shapes.ts";
import type { Secret } from "./secret.ts";
import type { Records } from "./state/records.ts";
import type { State } from "./state/state.ts";

const Delivered = z.object({
  /** A delivery's id. */
  kind: z.string(),
  destination: z.custom<Destination>((value) => typeof value === "object" && value !== null),
  /** For people. */
  location: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
});

const Entry = z.object({
  provider: z.string(),
  token_id: z.string(),
  name: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** SHA-256 (hex) of the idempotency key of the call that made it. */
  key: z.string().optional(),
  /** SHA-256 (hex): of the whole value, then of each token in it. */
  fingerprints: z.array(z.string()),
  /** What was asked for, so that a successor can be asked for. */
  request: z
    .object({
      permission: z.enum(["read_only", "read_write"]),
      environment: z.string().optional(),
      flyio: flyioRequestShape.optional(),
    })
    .optional(),
  /** Where its value was put and can be put again. */
  delivered: z.array(Delivered),
});

export type LedgerEntry = z.output<typeof Entry>;
export type DeliveredTo = z.output<typeof Delivered>;

export class Ledger {
  readonly #records: Records<LedgerEntry>;
  readonly #now: () => Date;

  constructor(state: Pick<State, "records">, now: () => Date) {
    this.#records = state.records("tokens", Entry);
    this.#now = now;
  }

  /** Notes a token that was made just now. @throws Problem `file_unwritable` */
  async note(token: Token, secret: Secret, request: IssueRequest): Promise<void> {
    const { permission, environment, flyio, idempotency_key } = request;
    await this.#records.write(nameOf(token.provider, token.id), {
      provider: token.provider,
      token_id: token.id,
      name: token.name,
      at: this.#now().toISOString(),
      ...(idempotency_key !== undefined && { key: hashOf(idempotency_key) }),
      fingerprints: fingerprintsOf(secret),
      request: { permission, environment, flyio },
      delivered: [],
    });
  }

  /** Notes where a value went. Of a token that is not in the ledger nothing is noted. */
  async deliveredTo(provider: string, id: string, place: Omit<DeliveredTo, "at">): Promise<void> {
    const entry = await this.of(provider, id);
    if (!entry) return;
    const others = entry.delivered.filter(({ location }) => location !== place.location);
    const delivered = [...others, { ...place, at: this.#now().toISOString() }];
    await this.#records.write(nameOf(provider, id), { ...entry, delivered });
  }

  /** What is known of a token. @throws Problem `file_unreadable` */
  of(provider: string, id: string): Promise<LedgerEntry | undefined> {
    return this.#records.read(nameOf(provider, id));
  }

  /** What calls with an idempotency key have made here. @throws Problem `file_unreadable` */
  async madeWith(provider: string, idempotencyKey: string): Promise<LedgerEntry[]> {
    const key = hashOf(idempotencyKey);
    return (await this.#records.list()).filter((entry) => entry.provider === provider && entry.key === key);
  }

  /** @throws Problem `file_unreadable` */
  all(): Promise<LedgerEntry[]> {
    return this.#records.list();
  }
}

function nameOf(provider: string, id: string): string {
  return hashOf(`${provider}\n${id}`);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
