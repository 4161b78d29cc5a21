/** The operator's policy, out of the settings and a file that is read once, at the start. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Config } from "../config.ts";
import { Problem } from "../problem.ts";
import { policyOf } from "./compose.ts";
import { invalid, type PolicyFile, parsePolicy } from "./file.ts";
import type { Policy } from "./policy.ts";

/** Nobody writes more rules than that. */
const largest = 1_048_576;

/**
 * Reads the file that the setting `policy` names, else policy.json among our configuration if it is there.
 * @throws Problem `not_configured` for a file that is missing, others could write, or is not valid: without its rules
 *   nothing may be done
 */
export function openPolicy(config: Config): Policy {
  const path = config.policy ?? join(config.folders.config, "policy.json");
  // Which folder a client starts us in is for a cloned project to say.
  if (!isAbsolute(path))
    throw new Problem(
      "not_configured",
      `FLY_TOKENS_POLICY is the relative path ${path}: another file in each folder.`,
      "Give the whole path.",
    );
  const text = read(path, config.policy !== undefined);
  const file: PolicyFile | undefined = text === undefined ? undefined : parsePolicy(text, path);
  return policyOf(config, file);
}

/** @returns `undefined` where there is none, and none was named */
function read(path: string, isNamed: boolean): string | undefined {
  let file: number;
  try {
    // Not to wait for somebody who would write into a pipe.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    // A link that leads nowhere was put there by somebody who wanted rules.
    if (isMissing && !isNamed && !lstatSync(path, { throwIfNoEntry: false })) return undefined;
    throw invalid(path, isMissing ? "it is not there" : "it cannot be read");
  }
  try {
    refuseOthers(path, file);
    return readFileSync(file, "utf8");
  } catch (error) {
    throw error instanceof Problem ? error : invalid(path, "it cannot be read");
  } finally {
    closeSync(file);
  }
}

/** Whoever can write the file makes the rules. Windows has no such modes. */
function refuseOthers(path: string, file: number): void {
  const found = fstatSync(file);
  const { uid, mode, size } = found;
  if (!found.isFile() || size > largest) throw invalid(path, "it is no file of rules");
  const me = process.getuid?.();
  if (me === undefined) return;
  if (uid !== me && uid !== 0)
    throw unsafe(path, "belongs to another user", `chown ${me === 0 ? "root" : '"$USER"'} '${path}'`);
  if (mode & 0o022) throw unsafe(path, "can be written by others", `chmod go-w '${path}'`);
}

function unsafe(path: string, what: string, command: string): Problem {
  return new Problem(
    "not_configured",
    `The policy ${path} ${what}, who could make their own rules.`,
    `Look at what it says, and then: ${command}`,
  );
}
