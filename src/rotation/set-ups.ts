/** Package managers that were set up with a token, by the journal. */
import type { Context } from "../context.ts";
import type { JournalRecord } from "../disk/disk.ts";
import type { PackageManager, Place, SecretStyle } from "../package-managers/package-manager.ts";
import { requireFolder } from "../path.ts";
import type { Secret } from "../secret.ts";
import { findCredential } from "../setup/found.ts";
import type { SetupRequest } from "../setup/job.ts";
import { placeFor } from "../setup/place.ts";
import { rehearse, setUp } from "../setup/setup.ts";
import { type Consumer, type Found, type Held, isSame, type Subject } from "./consumer.ts";
import { looked } from "./looked.ts";

/** Some of the managers of the edits that were made here: those that are written together, all or none. */
interface SetUp {
  managers: readonly PackageManager[];
  place: Place;
  style: SecretStyle | undefined;
  npm_scope: string | undefined;
}

/**
 * The package managers that have one of these values now.
 * @param token the old one @param isOurs whether a value that stands there is the old one's or its successor's
 * @throws Problem when one cannot be looked at
 */
export async function setUpsOf(
  token: Subject,
  ids: readonly string[],
  isOurs: (secret: Secret) => Promise<boolean>,
  context: Context,
): Promise<Pick<Found, "consumers" | "by_hand">> {
  const consumers: Consumer[] = [];
  const by_hand = new Set<string>();
  for (const group of await groupsOf(token, ids, context)) {
    const holding: PackageManager[] = [];
    const files = new Set<string>();
    for (const manager of group.managers) {
      const { title } = manager;
      const { secret, where } = await looked(title, () => credentialOf(manager, group.place, token, context));
      // What the server itself finds in a variable is there for as long as it runs, whatever the user sets.
      const variable = where !== undefined && /^[A-Z][A-Z0-9_]*$/.test(where) ? where : undefined;
      const isIts = secret !== undefined && (await looked(title, () => isOurs(secret)));
      if (variable !== undefined && (isIts || !secret)) by_hand.add(`the variable ${variable} of ${title}`);
      else if (isIts) {
        holding.push(manager);
        files.add(where ?? "its credential store");
      }
    }
    if (holding.length > 0)
      consumers.push(consumer({ ...group, managers: holding }, [...files], token, context));
  }
  return { consumers, by_hand: [...by_hand] };
}

/**
 * By what makes one set-up of them: a later edit of the same manager counts, not the earlier. What a client keeps outside
 * its files is no part of an edit: it stands by itself.
 */
async function groupsOf(token: Subject, ids: readonly string[], context: Context): Promise<SetUp[]> {
  const groups = new Map<string, SetUp>();
  const seen = new Set<string>();
  for (const record of await context.disk.journal()) {
    if (record.state === "restored" || record.token_id === undefined || !ids.includes(record.token_id))
      continue;
    if (record.provider !== undefined && record.provider !== token.provider) continue;
    const { scope, project_dir, npm_scope, secret_style: style } = record;
    const place = placeFor(context, scope, await folderOf(record));
    for (const manager of managersOf(record, context)) {
      const target = JSON.stringify([scope, project_dir, npm_scope]);
      const one = `${target} ${manager.id}`;
      if (seen.has(one)) continue;
      seen.add(one);
      const key = manager.login ? one : `${target} ${style}`;
      const managers = [...(groups.get(key)?.managers ?? []), manager];
      groups.set(key, { managers, place, style: style as SecretStyle | undefined, npm_scope });
    }
  }
  return [...groups.values()];
}

/** Of a set-up of the user's own it only says where to look for what outranks it: one that is gone has nothing. */
async function folderOf({ scope, project_dir }: JournalRecord): Promise<string | undefined> {
  if (scope === "project" || project_dir === undefined) return project_dir;
  return requireFolder(project_dir).then(
    () => project_dir,
    () => undefined,
  );
}

function managersOf({ managers }: JournalRecord, context: Context): PackageManager[] {
  return context.packageManagers.filter(({ id }) => managers.includes(id));
}

async function credentialOf(manager: PackageManager, place: Place, { provider }: Subject, context: Context) {
  const { registries } = context.use("registries", provider);
  const { url } = await registries.endpoint(manager.ecosystem);
  return findCredential(manager, url, place, context);
}

function consumer(group: SetUp, files: readonly string[], token: Subject, context: Context): Consumer {
  const { managers, place } = group;
  const request: SetupRequest = {
    permission: token.permission === "read_write" ? "read_write" : "read_only",
    npm_scope: group.npm_scope,
    secret_style: group.style,
    provider: token.provider,
    dry_run: false,
    verify: true,
  };
  return {
    where: `${managers.map(({ title }) => title).join(", ")} (${files.join(", ")})`,
    async read() {
      const values: (Secret | undefined)[] = [];
      for (const manager of managers)
        values.push((await credentialOf(manager, place, token, context)).secret);
      const [first] = values;
      return first && values.every((value) => value && isSame(value, first)) ? first : undefined;
    },
    check: () => rehearse(managers, place, request, context),
    async put({ token: { id }, secret, username }: Held, toBeTried) {
      context.issued.keep(id, { secret, username });
      await setUp(managers, place, { ...request, token_id: id, verify: toBeTried }, context);
      return toBeTried;
    },
  };
}
