/** The contract of the commands: one file each, loaded when called. */
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Seams } from "../seams.ts";

/** A list, for what may be given several times. */
export type Flag = string | boolean | readonly string[];

/** Every command by its name, loaded when it is called. */
export type Commands = Readonly<Record<string, () => Promise<{ command: Command }>>>;

export interface Invocation {
  commands: Commands;
  config: Config;
  seams: Seams;
  log: Log;
  flags: Readonly<Record<string, Flag | undefined>>;
  positionals: readonly string[];
}

export interface Command {
  /** One line for `fly-tokens help`. */
  about: string;
  /** Flags beyond those of the settings. `values`, where there are few, are for the completion of shells. */
  flags?: Record<
    string,
    { type: "string" | "boolean"; short?: string; multiple?: boolean; values?: readonly string[] }
  >;
  /** How many words may follow the command's name; where it is not said, the command looks itself. */
  takes?: number;
  /** What the word after the command's name may be, where there are few; for the same. */
  words?(): readonly string[] | Promise<readonly string[]>;
  /** Returns the exit code when it is done. */
  run(invocation: Invocation): Promise<number>;
}
