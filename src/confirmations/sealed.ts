/**
 * Handles that hold what they stand for, sealed: any replica that has the operator's key and shares the state takes them, and
 * none has to know which of the others gave them out. What is kept is only which of them are used, and approved.
 */
import * as z from "zod";
import { digest } from "../digest.ts";
import type { Seal } from "../seal.ts";
import type { Once } from "../state/once.ts";
import type { Plan } from "../tool.ts";
import {
  type AskedFor,
  type Confirmations,
  checkCall,
  notApproved,
  type PendingPlan,
  unknown,
  used,
  validFor,
} from "./confirmations.ts";

/** A list, since names would be half of a handle that a model has to copy. */
const Held = z
  .tuple([
    z.string(),
    z.string().nullable(),
    z.string(),
    z.array(z.string()),
    z.array(z.string()),
    z.string(),
    z.boolean().nullable(),
  ])
  .transform(([tool, caller, digest, lines, ids, phrase, always]) => ({
    tool,
    caller: caller ?? undefined,
    digest,
    plan: { lines, ids, phrase, ...(always !== null && { always }) },
  }));

/** The caller is inside: a person who approves it is not the one who calls, and has to see who that is. */
const bound = { purpose: "confirmation" };

const prefix = "confirm_";

/** Whether a handle has the form of these; the stored ones are shorter. */
export function isSealed(handle: string): boolean {
  return /^confirm_[\w-]{48,}$/.test(handle);
}

export interface SealedOptions {
  seal: Seal;
  used: Once;
  approved: Once;
  now: () => Date;
}

export class SealedConfirmations implements Confirmations {
  readonly #options: SealedOptions;

  constructor(options: SealedOptions) {
    this.#options = options;
  }

  async offer({ tool, args, caller }: AskedFor, plan: Plan): Promise<string> {
    const { lines, ids, phrase, always = null } = plan;
    const held: z.input<typeof Held> = [
      tool,
      caller ?? null,
      digest(args),
      [...lines],
      [...ids],
      phrase,
      always,
    ];
    const { seal, now } = this.#options;
    return `${prefix}${seal.seal(held, now().getTime() + validFor, bound)}`;
  }

  async look(handle: string): Promise<PendingPlan> {
    const { id, until, held } = this.#open(handle);
    if (await this.#options.used.isSpent(id, until)) throw unknown();
    return held;
  }

  async redeem(handle: string, call: AskedFor, rule: string | undefined): Promise<Plan> {
    const { id, until, held } = this.#open(handle);
    checkCall(held, call);
    const { approved, used: spent } = this.#options;
    if (await spent.isSpent(id, until)) throw used();
    if (rule !== undefined && !(await approved.isSpent(id, until))) throw notApproved(handle, rule);
    if (!(await spent.spend(id, until))) throw used();
    return held.plan;
  }

  async approve(handle: string): Promise<void> {
    await this.look(handle);
    const { id, until } = this.#open(handle);
    await this.#options.approved.spend(id, until);
  }

  #open(handle: string) {
    const { seal, now } = this.#options;
    const opened = isSealed(handle)
      ? seal.open(handle.slice(prefix.length), now().getTime(), bound)
      : undefined;
    const { data } = Held.safeParse(opened?.value);
    if (!opened || !data) throw unknown();
    return { ...opened, held: data };
  }
}
