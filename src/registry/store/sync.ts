/** What makes a file outlive a power cut: its content, and the folder that names it. */
import { open } from "node:fs/promises";

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+"); // Windows flushes only what may be written
  await file.sync().finally(() => file.close());
}

/** Windows cannot open a folder; there the file system's own journal has to do. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}
