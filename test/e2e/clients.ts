/** The programs that these tests drive. One that is not installed is skipped by name; where CI or FLY_TOKENS_E2E_REQUIRE is set, it is a failure. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe } from "vitest";

const required = process.env.CI === "true" || Boolean(process.env.FLY_TOKENS_E2E_REQUIRE);

/** Those that neither Debian nor npm nor PyPI has: skipped by name everywhere, also where the others must be. */
const elsewhere = new Set(["terraform", "tofu"]);

/**
 * The path of a program on PATH; `undefined` when it is not installed.
 * @throws when it has to be
 */
export function client(name: string): string | undefined {
  const found = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (!found && required && !elsewhere.has(name))
    throw new Error(`${name} is not installed, and these tests are to run with every client.`);
  return found;
}

/** `describe`, or when a program is missing, a skipped one that says which. */
export function describeWith(names: readonly string[], title: string, tests: () => void): void {
  const missing = names.filter((name) => !client(name));
  if (missing.length === 0) describe(title, tests);
  else
    describe.skip(
      `${title} (skipped: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not installed)`,
      tests,
    );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
