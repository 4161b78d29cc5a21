/**
 * The bearer of a server on loopback for which none is configured: made at its first start and kept, so that clients can
 * be set up with it. Any page in a browser and any user of the machine can reach a loopback port; only this user can read
 * the file.
 */
import { mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replaceFile } from "../disk/replace.ts";
import { Problem } from "../problem.ts";
import { Secret } from "../secret.ts";
import { newBearer } from "./new-bearer.ts";

/**
 * Reads the bearer, or makes one where there is none.
 * @param folder of our state
 * @throws Problem `unsafe_location` when others can read the file, `file_unwritable`
 */
export async function localBearer(folder: string): Promise<{ bearer: Secret; file: string }> {
  const file = join(folder, "http-bearer");
  const kept = await read(file);
  if (kept) return { bearer: kept, file };
  const bearer = newBearer();
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await replaceFile(file, Buffer.from(`${bearer.reveal()}\n`));
  } catch (cause) {
    throw new Problem(
      "file_unwritable",
      `The bearer of this server could not be kept in ${file}.`,
      "Correct the folder's permissions, or set FLY_TOKENS_HTTP_TOKEN.",
      { cause },
    );
  }
  return { bearer, file };
}

/** `undefined` when there is none, or what is there is none: then nobody can have been set up with it. */
async function read(file: string): Promise<Secret | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined || !/^flyc_[0-9a-f]{64}\n?$/.test(text)) return undefined;
  const { mode } = await stat(file);
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    throw new Problem(
      "unsafe_location",
      `Others on this machine can read ${file}.`,
      "Remove the file: the next start makes a new bearer.",
    );
  return new Secret(text.trim());
}
