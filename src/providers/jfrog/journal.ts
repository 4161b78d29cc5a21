/**
 * What the platform forgets: a file of ours that only grows, one JSON object a line. The platform has no list of revoked
 * tokens, and keeps none that live less than three hours. Each entry begins with a line break, so that one that was cut
 * off in the middle (a killed process, a full disk) spoils no other. There is no value in it.
 */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Config } from "../../config.ts";
import { parseJson } from "../../json.ts";
import { Problem } from "../../problem.ts";
import type { Token } from "../provider.ts";
import { tokenShape } from "../shapes.ts";
import { hasExpired } from "./model.ts";

const entryShape = z.object({
  /**
   * `revoking` of a token that the platform lists, before it is asked for: when it is listed no more, the end of that
   * revocation was merely not seen.
   */
  event: z.enum(["issued", "revoking", "revoked"]),
  at: z.string(),
  /** The platform, and as whom it was asked. */
  url: z.string(),
  by: z.string(),
  token: tokenShape,
  mark: z.string().optional(),
  /** SHA-256 of a reference token, by which it is known when it is dead. */
  digest: z.string().optional(),
});

export type Entry = z.output<typeof entryShape>;

/** What is remembered of one token. */
export interface Memory {
  token: Token;
  mark?: string | undefined;
  digest?: string | undefined;
  revoked: boolean;
  revoking: boolean;
}

/** Milliseconds: the platform stores what lives at least as long. */
export const storedFrom = 3 * 3_600_000;

export class Journal {
  readonly #folder: string;
  readonly #file: string;

  constructor({ folders }: Pick<Config, "folders">) {
    this.#folder = folders.state;
    this.#file = join(folders.state, "jfrog.jsonl");
  }

  /** @throws Problem `file_unwritable` */
  async append(entry: Entry): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await appendFile(this.#file, `\n${JSON.stringify(entry)}`, { mode: 0o600 });
    } catch (cause) {
      throw new Problem(
        "file_unwritable",
        `${this.#file} could not be written.`,
        "Correct its permissions, or make room on the disk.",
        { cause },
      );
    }
  }

  /** By id; of one platform and one user. */
  async read(url: string, by: string): Promise<Map<string, Memory>> {
    const text = await readFile(this.#file, "utf8").catch(() => "");
    const known = new Map<string, Memory>();
    for (const line of text.split("\n")) {
      const { data: entry } = entryShape.safeParse(parseJson(line));
      if (entry?.url !== url || entry.by !== by) continue;
      const before = known.get(entry.token.id);
      known.set(entry.token.id, {
        token: entry.token,
        mark: entry.mark ?? before?.mark,
        digest: entry.digest ?? before?.digest,
        revoked: entry.event === "revoked" || before?.revoked === true,
        revoking: entry.event === "revoking" || before?.revoking === true,
      });
    }
    return known;
  }
}

/**
 * A token that the platform does not know, as far as it can be told what has become of it. `undefined` for one that it
 * should know: somebody else has ended it.
 */
export function remembered({ token, revoked, revoking }: Memory, now: Date): Token | undefined {
  if (revoked) return { ...token, status: "revoked" };
  if (hasExpired(token, now)) return { ...token, status: "expired" };
  if (revoking) return { ...token, status: "revoked" };
  return isForgotten(token) ? { ...token, status: "active" } : undefined;
}

/** Whether it lives too short to be stored at the platform. */
export function isForgotten({ created_at, expires_at }: Pick<Token, "created_at" | "expires_at">): boolean {
  return expires_at !== null && Date.parse(expires_at) - Date.parse(created_at) < storedFrom;
}
