/** A process of its own that delivers to a file, for what cannot be done to the one that tests. Says how it ended. */
import type { Means } from "../../src/delivery/delivery.ts";
import { envFile } from "../../src/delivery/env-file.ts";
import { file } from "../../src/delivery/file.ts";
import { openDisk } from "../../src/disk/index.ts";
import { Problem } from "../../src/problem.ts";
import { run } from "../../src/run.ts";
import { Secret } from "../../src/secret.ts";

export interface Delivering {
  id: "file" | "env_file";
  path: string;
  state: string;
  /** How long the value is. */
  length: number;
  /** Only to be tried. */
  check?: boolean;
}

const { id, path, state, length, check }: Delivering = JSON.parse(process.argv[2] ?? "");
const delivery = id === "file" ? file : envFile;
const means = { disk: openDisk({ state, run, now: () => new Date(), lock_wait: 0 }) } as unknown as Means;
try {
  if (check) await delivery.check({ path }, means);
  else await delivery.deliver({ username: "x", secret: new Secret("v".repeat(length)) }, { path }, means);
  process.stdout.write("done");
} catch (error) {
  process.stdout.write(error instanceof Problem ? `${error.code}: ${error.message}` : String(error));
}
