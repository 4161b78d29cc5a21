/** The ways to the world. Tests replace these and nothing else. */
import { homedir, hostname, userInfo } from "node:os";
import { isAbsolute, resolve } from "node:path";
import type { Run } from "./run.ts";

export interface Seams {
  fetch: typeof globalThis.fetch;
  now: () => Date;
  home: string;
  hostname: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** The words that start this program again, elsewhere and later: absolute paths. */
  program: readonly string[];
  run: Run;
}

/** The world as it is: this process's environment, the real clock, the network. */
export function realSeams(): Seams {
  return {
    fetch: globalThis.fetch,
    now: () => new Date(),
    home: homeOf(homedir()),
    hostname: hostname(),
    cwd: process.cwd(),
    env: process.env,
    platform: process.platform,
    program: [process.execPath, ...process.execArgv, resolve(process.argv[1] ?? "")],
    // Loaded when the first program is started: that part of Node costs the start of the server several milliseconds.
    async run(command, args, options = {}) {
      const { run } = await import("./run.ts");
      return run(command, args, { ...options, env: withoutOurs(options.env ?? process.env) });
    },
  };
}

/** HOME, if it is a folder wherever we are; else the one of the user's account, never the working folder. */
function homeOf(given: string): string {
  return isAbsolute(given) ? given : userInfo().homedir;
}

/** Our settings are no business of the programs that we start, least of all the keys among them. */
function withoutOurs(env: Seams["env"]): Seams["env"] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^FLY_TOKENS_/i.test(name)));
}
