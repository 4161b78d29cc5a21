/** Where tokens are used on this machine, as far as we know: what was set up with them, and where they were delivered. */
import type { Context } from "../context.ts";
import type { JournalFile, JournalRecord } from "../disk/disk.ts";
import { isAmong } from "../fingerprints.ts";
import type { DeliveredTo, LedgerEntry } from "../ledger.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";

export interface Use {
  /** Package managers, or a delivery, by id. */
  by: string;
  /** Files, or what a delivery calls its place. */
  where: readonly string[];
}

/**
 * By the id of the token; those that are not used have none. What was taken back is left out, and so is what another token
 * has taken the place of, in a later set-up or by somebody's hand.
 * @throws Problem `file_unreadable`
 */
export async function usedHere(
  tokens: readonly Pick<Token, "id" | "provider">[],
  context: Context,
): Promise<Map<string, Use[]>> {
  // Where they are is nothing to callers on other machines; whether they are anywhere, `onRecord` says.
  if (tokens.length === 0 || context.remote) return new Map();
  const records = current(await context.disk.journal());
  const uses = tokens.map(async (token): Promise<[string, Use[]]> => {
    const own = records.filter(({ record }) => isOf(record, token));
    const setUps = await Promise.all(own.map((one) => setUpOf(one, context)));
    return [token.id, [...setUps.flat(), ...(await deliveredOf(token, context))]];
  });
  return new Map((await Promise.all(uses)).filter(([, list]) => list.length > 0));
}

/**
 * The ids of those that were set up or delivered on this machine, whatever became of it. No file is looked at.
 * @throws Problem `file_unreadable`
 */
export async function onRecord(
  tokens: readonly Pick<Token, "id" | "provider">[],
  { disk, ledger }: Context,
): Promise<Set<string>> {
  const records = (await disk.journal()).filter(({ state }) => state !== "restored");
  const found = tokens.map(async (token) => {
    const isSetUp = records.some((record) => isOf(record, token));
    const isThere = isSetUp || ((await ledger.of(token.provider, token.id))?.delivered.length ?? 0) > 0;
    return isThere ? [token.id] : [];
  });
  return new Set((await Promise.all(found)).flat());
}

/** For people: `npm (~/.npmrc)`. */
export function useInWords({ by, where }: Use): string {
  return where.length > 0 ? `${by} (${where.join(", ")})` : by;
}

interface Current {
  record: JournalRecord;
  /** Those whose last set-up of that kind this is. */
  managers: readonly string[];
}

/** @param records the newest first */
function current(records: readonly JournalRecord[]): Current[] {
  const seen = new Set<string>();
  return records
    .filter(({ state, token_id }) => state === "done" && token_id !== undefined)
    .map((record) => {
      const { scope, project_dir, npm_scope } = record;
      const key = (manager: string) => JSON.stringify([manager, scope, project_dir, npm_scope]);
      const managers = record.managers.filter((manager) => !seen.has(key(manager)));
      for (const manager of managers) seen.add(key(manager));
      return { record, managers };
    })
    .filter(({ managers }) => managers.length > 0);
}

function isOf(record: JournalRecord, { id, provider }: Pick<Token, "id" | "provider">): boolean {
  return record.token_id === id && (record.provider ?? provider) === provider;
}

async function setUpOf({ record, managers }: Current, context: Context): Promise<Use[]> {
  const secrets = record.files.filter(({ entries }) => entries.some(({ sensitive }) => sensitive));
  const ours = await Promise.all(secrets.map((file) => isStillOurs(file, context)));
  // A client that keeps it outside its files says nothing of it there.
  const isUsed = secrets.length === 0 || ours.includes(true);
  return isUsed ? [{ by: managers.join(", "), where: record.files.map(({ path }) => path) }] : [];
}

/** Whether any of the secrets that we wrote into it stands there. What cannot be looked at may. */
async function isStillOurs(file: JournalFile, { disk, undo }: Context): Promise<boolean> {
  const entries = file.entries.filter(({ sensitive }) => sensitive);
  try {
    const text = (await disk.read([file.path])).get(file.path) ?? null;
    return text !== null && undo({ ...file, entries }, null, text).skipped.length < entries.length;
  } catch (error) {
    if (error instanceof Problem) return true;
    throw error;
  }
}

async function deliveredOf(token: Pick<Token, "id" | "provider">, context: Context): Promise<Use[]> {
  const entry = await context.ledger.of(token.provider, token.id);
  if (!entry) return [];
  const places = entry.delivered.map(async (place) =>
    (await isStillThere(place, entry, context)) ? [{ by: place.kind, where: [place.location] }] : [],
  );
  return (await Promise.all(places)).flat();
}

/** What is no file would take a program or a network to look at: it counts as there. */
async function isStillThere(
  { kind, destination }: DeliveredTo,
  { fingerprints, provider }: LedgerEntry,
  context: Context,
): Promise<boolean> {
  const delivery = context.deliveries.find(({ id }) => id === kind);
  if (destination.path === undefined || !delivery?.read) return true;
  try {
    const means = context.means(context.use("tokens", provider).provider);
    const value = await delivery.read(destination, means);
    return value !== undefined && isAmong(value, fingerprints);
  } catch (error) {
    if (error instanceof Problem) return true;
    throw error;
  }
}
