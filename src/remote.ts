/**
 * Callers on other machines. Nothing of this one is read, written, run or shown for them: not its files, its variables,
 * its programs or its name. What is refused here is refused whatever a tool would do.
 */
import { isAbsolute } from "node:path";
import type { Config } from "./config.ts";
import type { Context } from "./context.ts";
import { Problem, type ProblemCode } from "./problem.ts";
import type { Seams } from "./seams.ts";

/** What such a caller does instead. */
export const onYourOwn = "Run fly-tokens on your own machine, over stdio, and call it there.";

/** @param what of the call, as the beginning of a sentence */
export function onlyHere(what: string, fix = onYourOwn, code: ProblemCode = "forbidden"): Problem {
  return new Problem(code, `${what} the machine where this server runs, and you call from another.`, fix);
}

/** What a context has of this machine. */
type Machine = Pick<
  Context,
  "disk" | "keychain" | "run" | "installed" | "env" | "home" | "cwd" | "hostname" | "program"
>;

/**
 * In place of this machine: hands that do nothing. Our own records of it can be read, since what they say of a token
 * keeps others from being broken.
 */
export function withoutMachine({ journal }: Context["disk"]): Machine {
  const refuse = async (): Promise<never> => {
    throw onlyHere("That is about");
  };
  return {
    disk: { journal, read: refuse, edit: refuse, restore: refuse, unignored: refuse },
    keychain: { get: refuse, set: refuse, delete: refuse, command: () => undefined },
    run: refuse,
    installed: async () => false,
    env: {},
    home: nowhere,
    cwd: nowhere,
    hostname: "",
    program: [],
  };
}

/** A folder that no machine has. */
const nowhere = "/dev/null/elsewhere";

/** The folders whose names tell of this machine; the shortest are everybody's. */
export function foldersHere(
  { folders, policy }: Pick<Config, "folders" | "policy">,
  { home, cwd, program }: Pick<Seams, "home" | "cwd" | "program">,
): string[] {
  const named = [home, cwd, ...Object.values(folders), ...(policy === undefined ? [] : [policy]), ...program];
  return [...new Set(named)].filter((path) => isAbsolute(path) && path.length > 3);
}

/** Settings and commands of this server, by their form. */
const operators = /\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|`fly-tokens [\w-]/;

/** A fix as they are told it: what only the operator can do is said to be theirs, and no value goes anywhere here. */
export function fixElsewhere(fix: string, code?: ProblemCode): string {
  if (/\bwith deliver_to\b/.test(fix)) return `Ask who runs the server. Or: ${onYourOwn}`;
  // All files are here.
  return operators.test(fix) || code?.startsWith("file_") ? `This is for who runs the server: ${fix}` : fix;
}
