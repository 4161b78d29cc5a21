/** A process of its own that edits; bundled by the tests that start it. Its arguments are one JSON object. */
import { openDisk } from "../../src/disk/index.ts";
import { run } from "../../src/run.ts";
import { setting } from "./setting.ts";

interface Work {
  state: string;
  /** One job after the other, each all of its files. */
  jobs: { files: string[]; key: string; value: string }[];
  /** Begins again, with another value each time, until the process is killed. */
  forever?: boolean;
}

const { state, jobs, forever }: Work = JSON.parse(process.argv[2] ?? "");
const disk = openDisk({ state, run, now: () => new Date() });
let round = 0;
do {
  for (const { files, key, value } of jobs) {
    await disk.edit(setting(files, { key, value: forever ? `${value}${round}` : value }));
    if (round === 0) process.stdout.write("begun\n");
  }
  round += 1;
} while (forever);
