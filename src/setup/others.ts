/** Who else has a credential: some package managers share a file, or an entry in it. */
import type { Context } from "../context.ts";
import type { JournalRecord } from "../disk/disk.ts";
import type { PackageManager } from "../package-managers/package-manager.ts";
import { Problem } from "../problem.ts";
import { findCredential } from "./found.ts";
import { placeFor } from "./place.ts";

/** The package managers that other edits of the journal were for, as far as they find a credential now. */
export async function othersSetUp(record: JournalRecord, context: Context): Promise<PackageManager[]> {
  const place = placeFor(context, record.scope, record.project_dir);
  const ids = (await context.disk.journal())
    .filter(({ id, state }) => id !== record.id && state !== "restored")
    .flatMap(({ managers }) => managers);
  const others = context.packageManagers.filter(
    ({ id, scopes }) => ids.includes(id) && !record.managers.includes(id) && scopes.includes(place.scope),
  );
  const found = await Promise.all(
    others.map(async (manager) => {
      try {
        const { registries } = context.use("registries", record.provider);
        const { url } = await registries.endpoint(manager.ecosystem);
        return (await findCredential(manager, url, place, context)).configured ? [manager] : [];
      } catch (error) {
        // What cannot be looked at now, check_package_manager tells about.
        if (error instanceof Problem) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}
