/** The contract of the commands: one file each, loaded when called. */
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Seams } from "../seams.ts";

/** A list, for what may be given several times. */
export type Flag = string | boolean | readonly string[];

export interface Invocation {
  config: Config;
  seams: Seams;
  log: Log;
  flags: Readonly<Record<string, Flag | undefined>>;
  positionals: readonly string[];
}

export interface Command {
  /** One line for `fly-tokens help`. */
  about: string;
  /** Flags beyond those of the settings. */
  flags?: Record<string, { type: "string" | "boolean"; short?: string; multiple?: boolean }>;
  /** Returns the exit code when it is done. */
  run(invocation: Invocation): Promise<number>;
}
