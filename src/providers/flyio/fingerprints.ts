/** Which token on record a value is: Fly.io does not say, so those that were made here are remembered for a while. */
import { createHash } from "node:crypto";
import { uuidOf } from "../../macaroon/macaroon.ts";
import type { Secret } from "../../secret.ts";
import { authorizationOf, type Bag, bagOf, permissionsIn } from "./authorization.ts";

const most = 1000;

export class Fingerprints {
  readonly #known = new Map<string, { id: string; digest: string }>();

  /** Keeps which token it is, not the token. */
  remember(secret: Secret, id: string): void {
    const bag = bagOf(secret);
    for (const { nonce } of permissionsIn(bag)) this.#known.set(uuidOf(nonce), { id, digest: digestOf(bag) });
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size > most) this.#known.delete(oldest);
  }

  /** @returns also whether it is the very value that was issued: a narrower one has the same uuid */
  find(bag: Bag, uuid: string): { id: string; isWhole: boolean } | undefined {
    const known = this.#known.get(uuid);
    return known && { id: known.id, isWhole: known.digest === digestOf(bag) };
  }
}

function digestOf(bag: Bag): string {
  return createHash("sha256").update(authorizationOf(bag, "machines")).digest("hex");
}
