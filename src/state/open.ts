/** The state of these settings. Nothing is read, written, loaded or asked before something of it is used. */
import { join } from "node:path";
import type { Seal } from "../seal.ts";
import type { Secret } from "../secret.ts";
import { SharedDatabase } from "./database/database.ts";
import { DatabaseLines } from "./database/lines.ts";
import { DatabaseOnce } from "./database/once.ts";
import { DatabaseRecords } from "./database/records.ts";
import { FileLines } from "./lines.ts";
import { FolderOnce } from "./once.ts";
import { FolderRecords } from "./records.ts";
import type { State } from "./state.ts";

/** @param folder ours, absolute; made by what is first written */
export function folderState(folder: string, now: () => Date): State {
  return {
    records: (room, shape) => new FolderRecords(join(folder, room), shape),
    lines: (room, shape, most) => new FileLines(join(folder, `${room}.jsonl`), shape, most),
    once: (room) => new FolderOnce(join(folder, room), now),
    close: async () => {},
  };
}

/**
 * @param url PostgreSQL; its tables are the local registry's
 * @param seal with the key that all replicas have
 */
export function databaseState(url: Secret, seal: Seal, now: () => Date): State {
  const database = new SharedDatabase(url);
  return {
    records: (room, shape, secrets = []) =>
      new DatabaseRecords({ database, seal, room, shape, secrets, now }),
    lines: (room, shape, most) => new DatabaseLines(database, room, shape, most),
    once: (room) => new DatabaseOnce(database, room, now),
    close: () => database.close(),
  };
}
