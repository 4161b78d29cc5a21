/** Starts processes that edit, without the time that a TypeScript loader takes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles a worker, by default worker.ts, into a folder; returns the program's path. */
export async function bundleWorker(
  folder: string,
  source = join(import.meta.dirname, "worker.ts"),
): Promise<string> {
  const outfile = join(folder, "worker.mjs");
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return outfile;
}

export function startWorker(program: string, work: object): ChildProcess {
  return spawn(process.execPath, [program, JSON.stringify(work)], { stdio: ["ignore", "pipe", "inherit"] });
}

/** The exit code; `null` when it was killed. */
export async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}
