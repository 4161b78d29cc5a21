/** Package managers that were set up with a token. */
import type { Context } from "../context.ts";
import type { JournalRecord } from "../disk/disk.ts";
import type { PackageManager, Place, SecretStyle } from "../package-managers/package-manager.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import type { Secret } from "../secret.ts";
import { findCredential } from "../setup/found.ts";
import type { SetupRequest } from "../setup/job.ts";
import { placeFor } from "../setup/place.ts";
import { rehearse, setUp } from "../setup/setup.ts";
import type { Consumer, Held } from "./consumer.ts";

/** Some of the managers of one edit that has been made here. */
interface SetUp {
  managers: readonly PackageManager[];
  place: Place;
  style: SecretStyle | undefined;
  npm_scope: string | undefined;
}

export interface Found {
  consumers: Consumer[];
  /** Those that read the value from a variable which only the user can set. */
  by_hand: string[];
  /** Where it was, and is no more, or cannot be looked at. */
  notes: string[];
}

/**
 * The package managers that have one of these values now.
 * @param token the old one @param isOurs whether a value that stands there is the old one's or its successor's
 */
export async function setUpsOf(
  token: Token,
  ids: readonly string[],
  isOurs: (secret: Secret) => Promise<boolean>,
  context: Context,
): Promise<Found> {
  const found: Found = { consumers: [], by_hand: [], notes: [] };
  for (const group of await groupsOf(ids, context)) {
    const holding: PackageManager[] = [];
    const files = new Set<string>();
    for (const manager of group.managers) {
      const { secret, where, note } = await looked(manager, group.place, token, context);
      if (note !== undefined) found.notes.push(note);
      if (secret && (await isOurs(secret))) {
        holding.push(manager);
        files.add(where ?? "its credential store");
      } else if (!secret && where !== undefined && isVariable(where))
        found.by_hand.push(`the variable ${where} of ${manager.title}`);
    }
    if (holding.length > 0)
      found.consumers.push(consumer({ ...group, managers: holding }, [...files], token, context));
  }
  return found;
}

/** What cannot be looked at is left alone, with a word about it. */
async function looked(
  manager: PackageManager,
  place: Place,
  token: Token,
  context: Context,
): Promise<{ secret?: Secret | undefined; where?: string | undefined; note?: string }> {
  try {
    return await credentialOf(manager, place, token, context);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { note: `${manager.title} is left alone: ${error.message}` };
  }
}

/** A status says where the secret is: a file, or a variable that is to hold it. */
function isVariable(where: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(where);
}

/** By what makes one set-up of them: a later edit of the same managers counts, not the earlier. */
async function groupsOf(ids: readonly string[], context: Context): Promise<SetUp[]> {
  const groups = new Map<string, SetUp>();
  const seen = new Set<string>();
  for (const record of await context.disk.journal()) {
    if (record.state === "restored" || record.token_id === undefined || !ids.includes(record.token_id))
      continue;
    const { scope, project_dir, npm_scope, secret_style } = record;
    const key = JSON.stringify([scope, project_dir, npm_scope, secret_style]);
    const fresh = managersOf(record, context).filter(({ id }) => !seen.has(`${key} ${id}`));
    for (const { id } of fresh) seen.add(`${key} ${id}`);
    const before = groups.get(key)?.managers ?? [];
    groups.set(key, {
      managers: [...before, ...fresh],
      place: placeFor(context, scope, project_dir),
      style: secret_style as SecretStyle | undefined,
      npm_scope,
    });
  }
  return [...groups.values()];
}

function managersOf({ managers }: JournalRecord, context: Context): PackageManager[] {
  return context.packageManagers.filter(({ id }) => managers.includes(id));
}

async function credentialOf(manager: PackageManager, place: Place, { provider }: Token, context: Context) {
  const { registries } = context.use("registries", provider);
  const { url } = await registries.endpoint(manager.ecosystem);
  return findCredential(manager, url, place, context);
}

function consumer(group: SetUp, files: readonly string[], token: Token, context: Context): Consumer {
  const { managers, place } = group;
  const request: SetupRequest = {
    permission: token.permission === "read_write" ? "read_write" : "read_only",
    npm_scope: group.npm_scope,
    secret_style: group.style,
    provider: token.provider,
    dry_run: false,
    verify: true,
  };
  const read = async () => {
    const [first] = managers;
    return first && (await credentialOf(first, place, token, context)).secret;
  };
  const put = async ({ record, secret, username }: Held) => {
    context.issued.keep(record.id, { secret, username });
    await setUp(managers, place, { ...request, token_id: record.id }, context);
    return true;
  };
  return {
    where: `${managers.map(({ title }) => title).join(", ")} (${files.join(", ")})`,
    read,
    check: () => rehearse(managers, place, request, context),
    put,
    async putBack(former, successor) {
      for (const { id, state } of await context.disk.journal({ token_id: successor }))
        if (state !== "restored") await context.disk.restore(id, context.undo);
      // What a client keeps outside its files is not in the journal.
      const outside = managers.some(({ login }) => login);
      if (outside && former) await put(former);
    },
  };
}
