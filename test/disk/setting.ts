/** A disk and a home to use it on, and a job that sets keys of an `.npmrc`. */

import type { Change, Texts } from "../../src/disk/change.ts";
import type { Disk, Job, JournalFile, Undo } from "../../src/disk/disk.ts";
import { type DiskOptions, openDisk } from "../../src/disk/index.ts";
import { sha256 } from "../../src/disk/mask.ts";
import { npmrc } from "../../src/formats/npmrc.ts";
import { run } from "../../src/run.ts";
import { type TempHome, tempHome } from "../support/home.ts";

export interface Setting extends AsyncDisposable {
  home: TempHome;
  /** Apart from the home, so that a snapshot of the home shows what users would see. */
  state: TempHome;
  disk: Disk;
}

export async function diskSetting(options: Partial<DiskOptions> = {}): Promise<Setting> {
  const home = await tempHome();
  const state = await tempHome();
  return {
    home,
    state,
    disk: openDisk({
      state: state.at("fly-tokens"),
      run,
      now: () => new Date("2026-11-30T10:15:30.123Z"),
      ...options,
    }),
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]();
      await state[Symbol.asyncDispose]();
    },
  };
}

export interface Value {
  key: string;
  value: string | undefined;
  sensitive?: boolean;
}

/** One change of one file, as a package manager would plan it. */
export function change(path: string, texts: Texts, values: readonly Value[]): Change {
  const before = texts.get(path) ?? null;
  let after = before ?? "";
  const entries = values.map(({ key, value, sensitive = false }) => {
    const place = ["", key];
    const old = npmrc.read(after, place);
    after = value === undefined ? npmrc.erase(after, place) : npmrc.write(after, place, value);
    return { format: "npmrc", path: place, before: old, after: value, sensitive };
  });
  return { path, before, after, entries };
}

export const purpose = { managers: ["npm"], scope: "user" } as const;

/** A job that sets the same values in every file. */
export function setting(files: string | readonly string[], ...values: Value[]): Job {
  const list = typeof files === "string" ? [files] : files;
  return { purpose, files: list, plan: (texts) => list.map((file) => change(file, texts, values)) };
}

/** Puts back what is still ours, as package managers do. */
export const undo: Undo = (file: JournalFile, original, current) => {
  const skipped: string[] = [];
  let text = current;
  for (const { path, written } of [...file.entries].reverse()) {
    const now = npmrc.read(text, path);
    if ((now === undefined ? null : sha256(now)) !== written) skipped.push(path.join(" "));
    else {
      const before = original === null ? undefined : npmrc.read(original, path);
      text = before === undefined ? npmrc.erase(text, path) : npmrc.write(text, path, before);
    }
  }
  return { text, skipped };
};
