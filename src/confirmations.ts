/**
 * Handles for calls that a person has to agree to: random, for one tool with exactly these arguments, once, for ten
 * minutes. What is stored is the plan under the hash of the handle, so that neither the model nor a reader of the
 * folder can make one up; and it is stored on disk, so that `fly-tokens approve` and `fly-tokens call` see it too.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { Problem } from "./problem.ts";
import type { Plan } from "./tool.ts";

const validFor = 10 * 60_000;

const Pending = z.object({
  tool: z.string(),
  digest: z.string(),
  plan: z.object({
    lines: z.array(z.string()),
    ids: z.array(z.string()),
    phrase: z.string(),
    always: z.boolean().optional(),
  }),
  expires: z.number(),
  /** Only a person at a terminal can set this, with `fly-tokens approve`. */
  approved: z.boolean(),
});

/** What a handle stands for. */
export type PendingPlan = z.output<typeof Pending>;

export class Confirmations {
  readonly #folder: string;
  readonly #now: () => Date;

  /** @param folder absolute; made 0700 at the first offer */
  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Stores a plan and returns the handle for it. */
  async offer(tool: string, args: unknown, plan: Plan): Promise<string> {
    const handle = `confirm_${randomBytes(16).toString("hex")}`;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#sweep();
    const pending: PendingPlan = {
      tool,
      digest: digest(args),
      plan: { ...plan, lines: [...plan.lines], ids: [...plan.ids] },
      expires: this.#now().getTime() + validFor,
      approved: false,
    };
    await writeFile(this.#path(handle), JSON.stringify(pending), { mode: 0o600, flag: "wx" });
    return handle;
  }

  /** What a handle stands for. @throws Problem `declined` when it is unknown, used or too old */
  async look(handle: string): Promise<PendingPlan> {
    const text = await readFile(this.#path(handle), "utf8").catch(() => undefined);
    const pending = text === undefined ? undefined : Pending.parse(JSON.parse(text));
    if (!pending || pending.expires <= this.#now().getTime())
      throw invalid("is unknown, has been used, or is older than ten minutes");
    return pending;
  }

  /**
   * Uses a handle up and returns the plan that was agreed to.
   * @param rule by which somebody must have approved it at a terminal, for people; `undefined`: nobody must
   * @throws Problem `declined`, or `needs_confirmation` when the approval is still missing
   */
  async redeem(handle: string, tool: string, args: unknown, rule: string | undefined): Promise<Plan> {
    const pending = await this.look(handle);
    if (pending.tool !== tool || pending.digest !== digest(args)) throw invalid("was given for another call");
    if (rule !== undefined && !pending.approved) {
      throw new Problem(
        "needs_confirmation",
        `The operator wants a person to approve this at a terminal (${rule}).`,
        `Ask the user to run \`fly-tokens approve ${handle}\`, then call again with the same confirmation.`,
      );
    }
    // Of two processes that try at once, one renames; the other finds nothing.
    await rename(this.#path(handle), `${this.#path(handle)}.used`).catch(() => {
      throw invalid("has been used");
    });
    return pending.plan;
  }

  /** Marks a handle as approved by a person. @throws Problem `declined` as `look` */
  async approve(handle: string): Promise<void> {
    const pending = await this.look(handle);
    const next = `${this.#path(handle)}.approving`;
    await writeFile(next, JSON.stringify({ ...pending, approved: true }), { mode: 0o600 });
    await rename(next, this.#path(handle));
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && Date.now() - found.mtimeMs > 2 * validFor) await rm(path, { force: true });
    }
  }

  #path(handle: string): string {
    return join(this.#folder, `${createHash("sha256").update(handle).digest("hex")}.json`);
  }
}

function invalid(why: string): Problem {
  return new Problem(
    "declined",
    `The confirmation ${why}; nothing was changed.`,
    "Call the tool without `confirmation` to get a new plan, and show it to the user.",
  );
}

/** SHA-256 (hex) of a value's JSON with the members of every object in order. */
function digest(value: unknown): string {
  const ordered = (_key: string, member: unknown): unknown =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member;
  return createHash("sha256").update(JSON.stringify(value, ordered)).digest("hex");
}
