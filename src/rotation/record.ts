/**
 * How far a rotation has come, on disk before each step that cannot be taken back, so that it can be carried on after the
 * process was killed at any moment. While both tokens live the record holds their values (0600, as the files have that
 * they are written to; in a database sealed): without it a successor whose value was lost on the way would have to be made a second time. They
 * are gone from it as soon as every place works with the successor.
 */
import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";
import type { Destination } from "../delivery/delivery.ts";
import type { Problem } from "../problem.ts";
import { flyioRequestShape } from "../providers/shapes.ts";
import type { Records } from "../state/records.ts";
import type { State } from "../state/state.ts";

const destination = z.custom<Destination>((value) => typeof value === "object" && value !== null);
const time = z.string();

const Rewritten = z.object({
  where: z.string(),
  /** Whether the successor was tried there, or read back; `false` where nobody can. */
  verified: z.boolean(),
});

const Shape = z.object({
  id: z.string(),
  provider: z.string(),
  old: z.object({ id: z.string(), name: z.string(), username: z.string(), expires_at: time.nullable() }),
  /** The caller's idempotency key. */
  key: z.string().optional(),
  started_at: time,
  /**
   * `begun`: a successor is being made. `minted`: it exists, and is being put into every place. `settled`: every place
   * works with it; the old one lives until `keep_until`. `done`: the old one is revoked. `aborted`: all is as it was.
   */
  phase: z.enum(["begun", "minted", "settled", "done", "aborted"]),
  /** What the successor is asked for with. */
  request: z.object({
    name: z.string(),
    permission: z.enum(["read_only", "read_write"]),
    environment: z.string().optional(),
    flyio: flyioRequestShape.optional(),
    expires_at: time.nullable(),
    reason: z.string().optional(),
    agreed: z.boolean().optional(),
  }),
  /** Milliseconds that the old one is to live on. */
  keep_for: z.number(),
  /** Where the value is to go beside the places that have it now. */
  deliver: z.object({ to: z.string(), destination, begun: z.boolean() }).optional(),
  /** How often a successor was asked for: those before the last one were lost, and are revoked. */
  attempt: z.number(),
  new_id: z.string().optional(),
  username: z.string().optional(),
  value: z.string().optional(),
  /** The old one's value as each place holds it (`where`): to put it back. */
  formers: z.record(z.string(), z.string()).optional(),
  rewritten: z.array(Rewritten),
  keep_until: time.optional(),
  old_revoked_at: time.optional(),
});

export type RotationRecord = z.output<typeof Shape>;

export class Rotations {
  readonly #records: Records<RotationRecord>;

  constructor(state: Pick<State, "records">) {
    this.#records = state.records("rotations", Shape, ["value", "formers"]);
  }

  /** The last rotation of a token, by its id. @throws Problem `file_unreadable` */
  of(provider: string, old: string): Promise<RotationRecord | undefined> {
    return this.#records.read(nameOf(provider, old));
  }

  /** @param skipped told of each that cannot be read; the others are returned */
  all(skipped: (why: Problem) => void): Promise<RotationRecord[]> {
    return this.#records.list(skipped);
  }

  /** @throws Problem `file_unwritable` */
  async write(record: RotationRecord): Promise<RotationRecord> {
    await this.#records.write(nameOf(record.provider, record.old.id), record);
    return record;
  }

  /** One at a time for each token, over all processes. @throws Problem `file_locked` */
  locked<T>(provider: string, old: string, act: () => Promise<T>): Promise<T> {
    return this.#records.locked(nameOf(provider, old), 10_000, act);
  }
}

export function newId(): string {
  return randomBytes(8).toString("hex");
}

/** Without the values. */
export function withoutValues({
  value: _value,
  formers: _formers,
  ...record
}: RotationRecord): RotationRecord {
  return record;
}

/** The old one lives no longer than it would have by itself. */
export function keptUntil({ old, keep_for }: Pick<RotationRecord, "old" | "keep_for">, now: Date): Date {
  const end = old.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(old.expires_at);
  return new Date(Math.min(now.getTime() + keep_for, end));
}

/** Whether the time of the old one is over. */
export function isDue({ keep_until }: RotationRecord, { now }: { now: () => Date }): boolean {
  return keep_until === undefined || Date.parse(keep_until) <= now().getTime();
}

function nameOf(provider: string, old: string): string {
  return createHash("sha256").update(`${provider}\n${old}`).digest("hex");
}
