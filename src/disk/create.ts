/** A new file with a secret in it: never over one that is there, never where git would take it along. */
import { Problem } from "../problem.ts";
import { makeFolder, missingFolders, removeEmpty } from "./apply.ts";
import { checkWritable, exposedToGit, trackedByGit } from "./checks.ts";
import { lockedFiles, type Workplace } from "./edit.ts";
import { gitState } from "./git.ts";
import { codeOf, unwritable } from "./refusals.ts";
import { replaceFile } from "./replace.ts";
import { isThere, locate } from "./snapshot.ts";

/** The contract is in disk.ts. */
export async function create(
  path: string,
  text: string,
  dry_run: boolean,
  workplace: Workplace,
): Promise<void> {
  await check(path, workplace);
  if (!dry_run) await lockedFiles([path], workplace, () => write(path, text, workplace));
}

/** Returns the real path. @throws Problem `conflict`, `unsafe_location`, `file_unwritable` */
async function check(path: string, { uid, run }: Workplace): Promise<string> {
  if (isThere(path)) throw exists(path);
  const place = locate(path);
  checkWritable({ path, ...place, bytes: null, text: null, encoding: "utf8" }, uid);
  const git = await gitState(place.real, run);
  if (git === "tracked") throw trackedByGit(path, place.real, "refuse");
  if (git === "exposed") throw exposedToGit(path);
  return place.real;
}

async function write(path: string, text: string, workplace: Workplace): Promise<void> {
  const real = await check(path, workplace);
  const made: string[] = [];
  try {
    for (const folder of missingFolders(real)) if (await makeFolder(folder)) made.push(folder);
    await replaceFile(real, Buffer.from(text), { exclusive: true });
  } catch (error) {
    await removeEmpty(made);
    throw codeOf(error) === "EEXIST" ? exists(path) : unwritable(path, error);
  }
}

function exists(path: string): Problem {
  return new Problem("conflict", `${path} exists already.`, "Choose a path where there is no file yet.");
}
