/** What a client would come with: by its files, or by the credential helper that they name. */
import type { Context } from "../context.ts";
import type { PackageManager, Place, Status } from "../package-managers/package-manager.ts";
import { filesFor } from "./job.ts";

/** @throws Problem `file_unparsable`, `invalid_input`; `not_found`, `command_failed` when the helper does not answer */
export async function findCredential(
  manager: PackageManager,
  url: string,
  place: Place,
  { disk, run }: Context,
): Promise<Status> {
  const texts = await disk.read(filesFor(manager, place));
  const status = manager.status(url, place, texts);
  const stored = status.secret ? undefined : await manager.stored?.(url, place, texts, run);
  return stored ? { ...status, ...stored, configured: true, url } : status;
}
