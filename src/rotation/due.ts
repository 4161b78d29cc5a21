/** What is due, for cron: rotations that were interrupted, old tokens whose time is over, and tokens that expire soon. */
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import { intend, isByHand, type RotationRequest } from "./begin.ts";
import { expiring } from "./expiring.ts";
import type { Rotation } from "./finish.ts";
import { isDue, type RotationRecord } from "./record.ts";
import { rotate } from "./rotate.ts";

export interface DueRequest {
  /** Milliseconds from now. */
  within: number;
  keep_old_for?: string | undefined;
  /** Says what would be done. */
  dry_run: boolean;
}

export interface DueOutcome {
  /** Absent where a record of ours could not be read. */
  provider?: string | undefined;
  /** The old token; absent where the issuer could not be asked at all. */
  id?: string | undefined;
  name?: string | undefined;
  /** `ended`: the old one of an earlier rotation was revoked. `skipped`: it takes a person. */
  what: "rotated" | "carried_on" | "ended" | "skipped" | "failed";
  rotation?: Rotation | undefined;
  problem?: Problem | undefined;
}

/** One after the other; what fails does not keep the others from it. */
export async function* rotateDue(request: DueRequest, context: Context): AsyncGenerator<DueOutcome> {
  const handled = new Set<string>();
  const unreadable: Problem[] = [];
  const records = await context.rotations.all((why) => unreadable.push(why));
  yield* unreadable.map((problem) => ({ what: "failed" as const, problem }));
  for (const record of records) {
    const { provider, old } = record;
    const what = openIn(record, context);
    // One that has been rotated lives on for a while.
    if (what || record.phase === "settled") handled.add(`${provider} ${old.id}`);
    if (what)
      yield { provider, id: old.id, name: old.name, ...(await carriedOn(record, what, request, context)) };
  }
  for (const provider of context.providers.filter(({ configured, tokens }) => configured && tokens)) {
    try {
      for (const { id, name, environment } of await expiring(provider, request.within, context)) {
        if (handled.has(`${provider.id} ${id}`)) continue;
        const outcome = await rotated({ provider: provider.id, id, environment }, request, context);
        if (outcome) yield { provider: provider.id, id, name, ...outcome };
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      yield { provider: provider.id, what: "failed", problem: error };
    }
  }
}

function openIn(record: RotationRecord, context: Context): "carried_on" | "ended" | undefined {
  if (record.phase === "begun" || record.phase === "minted") return "carried_on";
  return record.phase === "settled" && isDue(record, context) ? "ended" : undefined;
}

type Done = Pick<DueOutcome, "what" | "rotation" | "problem">;

async function carriedOn(
  { provider, old, phase, deliver }: RotationRecord,
  what: "carried_on" | "ended",
  { dry_run }: DueRequest,
  context: Context,
): Promise<Done> {
  const delivery = context.deliveries.find(({ id }) => id === deliver?.to);
  if (phase !== "settled" && delivery && isByHand(delivery))
    return skipped(
      "It was interrupted, and was to show its successor's value to somebody.",
      `Call rotate_token with deliver_to ${delivery.id}.`,
    );
  const wish = { provider, destination: {} };
  const done = await tried(what, async () => (dry_run ? undefined : logged(old.id, wish, context)));
  // It is over, but its issuer did not let it end.
  const lives = what === "ended" && done.rotation?.old_revoked_at === null;
  return lives ? { ...done, what: "failed" } : done;
}

/** @returns `undefined` when somebody else has done it in the meantime */
async function rotated(
  { provider, id, environment }: { provider: string; id: string; environment: string | undefined },
  { keep_old_for, dry_run }: DueRequest,
  context: Context,
): Promise<Done | undefined> {
  const asks = context.policy.asks({ environment });
  if (asks !== undefined) return skipped(asks, "Rotate it with rotate_token.");
  const wish: RotationRequest = { provider, keep_old_for, destination: {} };
  const done = await tried("rotated", async () => {
    if (!dry_run) return logged(id, wish, context);
    await intend(id, wish, context);
    return undefined;
  });
  if (done.problem?.code !== "conflict") return done;
  const phase = (await context.rotations.of(provider, id))?.phase;
  return phase === "settled" || phase === "done" ? undefined : done;
}

function skipped(why: string, fix: string): Done {
  return { what: "skipped", problem: new Problem("needs_confirmation", why, fix) };
}

/** As a tool's call is: a line in the audit log before, and one afterwards. */
async function logged(id: string, wish: RotationRequest, context: Context): Promise<Rotation> {
  const client = { name: "fly-tokens rotate-due", version: context.version };
  const line = context.audit.open({ client, tool: "rotate_token" });
  await line.begin([id], "not needed");
  try {
    const rotation = await rotate(id, wish, context);
    await line.end("ok", [rotation.old.id, rotation.new.id]);
    return rotation;
  } catch (error) {
    await line.end(error instanceof Problem ? error.code : "internal").catch(() => {});
    throw error;
  }
}

async function tried(what: DueOutcome["what"], act: () => Promise<Rotation | undefined>): Promise<Done> {
  try {
    return { what, rotation: await act() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { what: "failed", problem: error };
  }
}
