/** What is due, for cron: rotations that were interrupted, old tokens whose time is over, and tokens that expire soon. */
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Provider, Token } from "../providers/provider.ts";
import { intend, type RotationRequest } from "./begin.ts";
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
  provider: string;
  /** The old token; absent where the issuer could not be asked at all. */
  id?: string | undefined;
  name?: string | undefined;
  /** `ended`: the old one of an earlier rotation was revoked. `skipped`: a person has to agree to it. */
  what: "rotated" | "carried_on" | "ended" | "skipped" | "failed";
  rotation?: Rotation | undefined;
  problem?: Problem | undefined;
}

/** One after the other; what fails does not keep the others from it. */
export async function* rotateDue(request: DueRequest, context: Context): AsyncGenerator<DueOutcome> {
  const handled = new Set<string>();
  for (const record of await context.rotations.all()) {
    const what = openIn(record, context);
    if (!what) continue;
    handled.add(`${record.provider} ${record.old.id}`);
    const { id, name } = record.old;
    const act = () => logged(id, { provider: record.provider, destination: {} }, context);
    yield { provider: record.provider, id, name, ...(await tried(what, request.dry_run ? undefined : act)) };
  }
  for (const provider of context.providers.filter(({ configured, tokens }) => configured && tokens))
    for await (const outcome of expiring(provider, request, context))
      if (outcome.id === undefined || !handled.has(`${outcome.provider} ${outcome.id}`)) yield outcome;
}

function openIn(record: RotationRecord, context: Context): "carried_on" | "ended" | undefined {
  if (record.phase === "begun" || record.phase === "minted") return "carried_on";
  return record.phase === "settled" && isDue(record, context) ? "ended" : undefined;
}

/** Of the tokens that were made or set up on this machine; what others use is theirs to rotate. */
async function* expiring(
  provider: Provider,
  request: DueRequest,
  context: Context,
): AsyncGenerator<DueOutcome> {
  const expires_before = new Date(context.now().getTime() + request.within);
  const known = await knownHere(provider.id, context);
  if (known.size === 0) return;
  let tokens: Token[];
  try {
    const page = await provider.tokens?.list({ expires_before, sort: "expires_at", limit: 200 });
    tokens = page?.items ?? [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    yield { provider: provider.id, what: "failed", problem: error };
    return;
  }
  const due = tokens.filter((token) => known.has(token.id) && isHalfOver(token, context.now()));
  for (const { id, name, environment } of due) {
    const wish: RotationRequest = {
      provider: provider.id,
      keep_old_for: request.keep_old_for,
      destination: {},
    };
    const asks = context.policy.asks({ environment });
    // It has been rotated, and lives on for a while.
    if ((await context.rotations.of(provider.id, id))?.phase === "settled") continue;
    const outcome = asks
      ? {
          what: "skipped" as const,
          problem: new Problem("needs_confirmation", asks, "Rotate it with rotate_token."),
        }
      : await tried(
          "rotated",
          request.dry_run
            ? () => intend(id, wish, context).then(() => undefined)
            : () => logged(id, wish, context),
        );
    yield { provider: provider.id, id, name, ...outcome };
  }
}

/** One that lives shorter than the time asked for would else be rotated at every run. */
function isHalfOver({ created_at, expires_at }: Token, now: Date): boolean {
  const end = expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at);
  return (end - now.getTime()) * 2 <= end - Date.parse(created_at);
}

async function knownHere(provider: string, context: Context): Promise<Set<string>> {
  const [entries, edits] = await Promise.all([context.ledger.all(), context.disk.journal()]);
  return new Set([
    ...entries
      .filter((entry) => entry.provider === provider && entry.delivered.length > 0)
      .map(({ token_id }) => token_id),
    ...edits
      .filter((edit) => edit.provider === provider && edit.state !== "restored")
      .flatMap(({ token_id }) => (token_id === undefined ? [] : [token_id])),
  ]);
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

async function tried(
  what: DueOutcome["what"],
  act: (() => Promise<Rotation | undefined>) | undefined,
): Promise<Pick<DueOutcome, "what" | "rotation" | "problem">> {
  try {
    return { what, rotation: await act?.() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { what: "failed", problem: error };
  }
}
