import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openDisk } from "../../src/disk/index.ts";
import { npmrc } from "../../src/formats/npmrc.ts";
import { run } from "../../src/run.ts";
import { tempHome } from "../support/home.ts";
import { bundleWorker, ended, startWorker } from "./processes.ts";
import { setting, undo } from "./setting.ts";

const kills = 200;

test(`a process is killed ${kills} times while it edits: every file is the old or the new one, whole, and the next edit works at once`, {
  timeout: 180_000,
}, async () => {
  await using home = await tempHome();
  const program = await bundleWorker(home.path);
  const lanes = await Promise.all(["a", "b"].map((name) => lane(name)));
  expect(lanes.reduce((sum, { killed }) => sum + killed, 0)).toBe(kills);
  // Else the kills have missed what they are to test.
  expect(lanes.reduce((sum, { interrupted }) => sum + interrupted, 0)).toBeGreaterThan(0);

  async function lane(name: string) {
    const state = home.at(name, "state");
    const folder = home.at(name, "files");
    const files = [`${folder}/one`, `${folder}/two`];
    // Long enough to be written in several steps, and to show where it was cut off.
    const filler = "# a comment of the user's\n".repeat(4_000);
    for (const file of ["one", "two"])
      await home.write(`${name}/files/${file}`, `${filler}x=none\n# the end\n`);
    // It does not wait at all: what the killed process has left must not hold it up.
    const disk = openDisk({ state, run, now: () => new Date(), lock_wait: 0 });
    const whole = async (file: string) => {
      const text = String(await home.read(`${name}/files/${file}`));
      const value = npmrc.read(text, ["", "x"]);
      expect(text).toBe(`${filler}x=${value}\n# the end\n`);
      expect(value).toMatch(/^(none|next|worker-\d+)$/);
    };
    let [killed, interrupted] = [0, 0];
    for (; killed < kills / 2; killed += 1) {
      const worker = startWorker(program, {
        state,
        jobs: [{ files, key: "x", value: "worker-" }],
        forever: true,
      });
      if (worker.stdout) await once(worker.stdout, "data");
      await sleep(Math.random() * 40);
      worker.kill("SIGKILL");
      expect(await ended(worker)).toBeNull();
      const left = [...(await readdir(folder)), ...(await readdir(`${state}/locks`))];
      if (left.length > files.length) interrupted += 1;
      await whole("one");
      await whole("two");
      const { restore_id = "" } = await disk.edit(setting(files, { key: "x", value: "next" }));
      expect(await readdir(folder)).toEqual(["one", "two"]);
      expect(await readdir(`${state}/locks`)).toEqual([]);
      await disk.restore(restore_id, undo);
      await whole("one");
      await whole("two");
    }
    return { killed, interrupted };
  }
});
