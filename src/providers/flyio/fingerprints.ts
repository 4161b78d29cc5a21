/**
 * Which token on record a value is. Fly.io does not say, so those that were made here are remembered by what is
 * no secret (the uuid in a token, SHA-256 of the value), so that the next process, or another replica, knows them, too.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import { uuidOf } from "../../macaroon/macaroon.ts";
import { Problem } from "../../problem.ts";
import type { Secret } from "../../secret.ts";
import type { Lines } from "../../state/lines.ts";
import type { State } from "../../state/state.ts";
import { authorizationOf, type Bag, bagOf, permissionsIn } from "./authorization.ts";

const Known = z.object({ uuid: z.string(), id: z.string(), digest: z.string() });

/** How many of the newest are kept at least. */
const most = 2000;

export class Fingerprints {
  readonly #known: Lines<z.output<typeof Known>>;
  #trouble: string | undefined;

  constructor(state: Pick<State, "lines">) {
    this.#known = state.lines("flyio", Known, most);
  }

  /** Keeps which token it is, not the token. Where that fails a note says so: the token is good all the same. */
  async remember(secret: Secret, id: string): Promise<void> {
    const bag = bagOf(secret);
    const digest = digestOf(bag);
    for (const { nonce } of permissionsIn(bag))
      await this.#noting(() => this.#known.append({ uuid: uuidOf(nonce), id, digest }));
  }

  /** @returns also whether it is the very value that was issued: a narrower one has the same uuid */
  async find(bag: Bag, uuid: string): Promise<{ id: string; isWhole: boolean } | undefined> {
    const found = (await this.#noting(() => this.#known.mentioning(uuid))) ?? [];
    const known = found.findLast((one) => one.uuid === uuid);
    return known && { id: known.id, isWhole: known.digest === digestOf(bag) };
  }

  /** What kept it from remembering the last time. */
  notes(): readonly string[] {
    return this.#trouble === undefined ? [] : [this.#trouble];
  }

  async #noting<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await act();
      this.#trouble = undefined;
      return result;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#trouble = `Which values are tokens that were made here is not known: ${error.message} ${error.fix}`;
      return undefined;
    }
  }
}

function digestOf(bag: Bag): string {
  return createHash("sha256").update(authorizationOf(bag, "machines")).digest("hex");
}
