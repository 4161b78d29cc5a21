/** A secret in a file of the user's: one edit, which is journaled and can be taken back, by the rule for git. */
import type { Texts } from "../disk/change.ts";
import type { Receipt } from "../disk/disk.ts";
import { gitignore } from "../formats/gitignore.ts";
import { changesOf, type Edit } from "../package-managers/edit.ts";
import type { Destination, Login, Means } from "./delivery.ts";

export interface SecretFile {
  path: string;
  git: Destination["git"];
  /** The edit that puts the value there. @throws Problem `conflict` where something else stands */
  plan(texts: Texts): Omit<Edit, "file" | "sensitive">;
}

/**
 * @param login whose the value is; without it nothing is written
 * @throws Problem `conflict`, `unsafe_location`, `file_unreadable`, `file_unparsable`, `file_unwritable`, `file_locked`
 */
export async function editSecretFile(
  { path, git = "refuse", plan }: SecretFile,
  { disk }: Means,
  login?: Login,
): Promise<Receipt> {
  const ignore = git === "ignore" ? await disk.unignored(path) : undefined;
  const { id: token_id, provider } = login?.token ?? {};
  const edits = (texts: Texts): Edit[] => [
    ...(ignore
      ? [{ file: ignore.file, format: gitignore, path: [ignore.line], source: ignore.line, sensitive: false }]
      : []),
    { file: path, ...plan(texts), sensitive: true },
  ];
  return disk.edit({
    purpose: { managers: [], scope: "user", token_id, provider },
    files: [...(ignore ? [ignore.file] : []), path],
    plan: (texts) => changesOf(edits(texts), texts),
    git,
    dry_run: login === undefined,
  });
}
