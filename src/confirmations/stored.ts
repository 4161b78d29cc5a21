/**
 * Short handles, which a model copies without a fault: random. What they stand for is stored under their hash, so that a
 * reader of the folder cannot make one up; and it is stored on disk, so that `fly-tokens approve` and `fly-tokens call`
 * see it too.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { digest } from "../digest.ts";
import { unwritable } from "../disk/refusals.ts";
import { parseJson } from "../json.ts";
import type { Plan } from "../tool.ts";
import {
  type AskedFor,
  type Confirmations,
  checkCall,
  notApproved,
  unknown,
  used,
  validFor,
} from "./confirmations.ts";

const Pending = z.object({
  tool: z.string(),
  caller: z.string().optional(),
  digest: z.string(),
  plan: z.object({
    lines: z.array(z.string()),
    ids: z.array(z.string()),
    phrase: z.string(),
    always: z.boolean().optional(),
  }),
  expires: z.number(),
});

type Pending = z.output<typeof Pending>;

export class StoredConfirmations implements Confirmations {
  readonly #folder: string;
  readonly #now: () => Date;

  /** @param folder absolute; made 0700 at the first offer */
  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
  }

  async offer({ tool, args, caller }: AskedFor, plan: Plan): Promise<string> {
    const handle = `confirm_${randomBytes(16).toString("hex")}`;
    const pending: Pending = {
      tool,
      caller,
      digest: digest(args),
      plan: { ...plan, lines: [...plan.lines], ids: [...plan.ids] },
      expires: this.#now().getTime() + validFor,
    };
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#sweep();
      await writeFile(this.#path(handle), JSON.stringify(pending), { mode: 0o600, flag: "wx" });
    } catch (error) {
      throw unwritable(this.#folder, error);
    }
    return handle;
  }

  async look(handle: string): Promise<Pending> {
    const text = await readFile(this.#path(handle), "utf8").catch(() => undefined);
    const { data } = Pending.safeParse(parseJson(text ?? ""));
    if (!data || data.expires <= this.#now().getTime()) throw unknown();
    return data;
  }

  async redeem(handle: string, call: AskedFor, rule: string | undefined): Promise<Plan> {
    const pending = await this.look(handle);
    checkCall(pending, call);
    if (rule !== undefined && !(await isThere(this.#approval(handle)))) throw notApproved(handle, rule);
    // Of two processes that try at once, one renames; the other finds nothing.
    await rename(this.#path(handle), `${this.#path(handle)}.used`).catch(() => {
      throw used();
    });
    return pending.plan;
  }

  async approve(handle: string): Promise<void> {
    await this.look(handle);
    // Beside it, not in it: whoever uses it up at the same moment must not find it again.
    await writeFile(this.#approval(handle), "", { mode: 0o600 }).catch((error: unknown) => {
      throw unwritable(this.#folder, error);
    });
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && Date.now() - found.mtimeMs > 2 * validFor) await rm(path, { force: true });
    }
  }

  /** Only `fly-tokens approve` makes it, for a person at a terminal. */
  #approval(handle: string): string {
    return `${this.#path(handle)}.approved`;
  }

  #path(handle: string): string {
    return join(this.#folder, `${createHash("sha256").update(handle).digest("hex")}.json`);
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
