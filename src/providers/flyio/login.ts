/** flyctl's own file, for its user's session. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import { Secret } from "../../secret.ts";

/** Where it is. */
export function loginFile(
  { fly_config_dir }: Pick<Config, "fly_config_dir">,
  { home, cwd }: Pick<Seams, "home" | "cwd">,
): string {
  return join(fly_config_dir === undefined ? join(home, ".fly") : resolve(cwd, fly_config_dir), "config.yml");
}

/** Whether somebody seems to be logged in; a file that cannot be read is left for `readLogin` to complain about. */
export function hasLogin(path: string): boolean {
  try {
    return /^\uFEFF?["']?access_token["']?\s*:\s*["']?[^\s"'#]/m.test(readFileSync(path, "utf8"));
  } catch (cause) {
    return !isAbsent(cause);
  }
}

/**
 * The session's tokens. flyctl renews them every few minutes, so they are read anew for each call.
 * @throws Problem `file_unreadable`, `file_unparsable`
 */
export async function readLogin(path: string): Promise<Secret | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw new Problem(
      "file_unreadable",
      `flyctl's file ${path} could not be read.`,
      "Correct its permissions (0600, yours).",
      { cause },
    );
  }
  const { sessionIn } = await import("./session.ts");
  try {
    const token = sessionIn(text);
    return token === undefined ? undefined : new Secret(token);
  } catch {
    // The parser's own error quotes the line, and with it perhaps the token.
    throw new Problem(
      "file_unparsable",
      `flyctl's file ${path} is not YAML.`,
      "Log in again with `fly auth login`, or set FLY_API_TOKEN.",
    );
  }
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR");
}
