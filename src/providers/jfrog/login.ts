/** What `fly-tokens login jfrog` has stored: a file of ours, 0600. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";

const form = z.object({
  url: z.url({ protocol: /^https?$/ }),
  access_token: z.string().min(1),
  username: z.string().min(1),
});

export interface Login {
  url: string;
  secret: Secret;
  username: string;
}

export function loginFile({ folders }: Pick<Config, "folders">): string {
  return join(folders.config, "jfrog.json");
}

/** Whether somebody seems to be logged in; what the file holds is for `readLogin` to judge. */
export function hasLogin(config: Pick<Config, "folders">): boolean {
  return existsSync(loginFile(config));
}

/** Read anew for each call: somebody may log in while this runs. @throws Problem `file_unreadable`, `file_unparsable` */
export function readLogin(path: string): Login | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw new Problem(
      "file_unreadable",
      `${path} could not be read.`,
      "Correct its permissions (0600, yours).",
      {
        cause,
      },
    );
  }
  try {
    const { url, access_token, username } = form.parse(JSON.parse(text));
    return { url, secret: new Secret(access_token), username };
  } catch {
    // The parsers' own errors quote what they read.
    throw new Problem(
      "file_unparsable",
      `${path} is not what a login has written.`,
      "Log in again with `fly-tokens login jfrog`.",
    );
  }
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR");
}
