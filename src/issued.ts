/** The values of freshly minted tokens, so that a later call can use one by its id: in memory, for 15 minutes. */
import type { Secret } from "./secret.ts";

const keptFor = 15 * 60_000;

export interface Issued {
  secret: Secret;
  username: string;
}

export class IssuedTokens {
  readonly #kept = new Map<string, Issued & { until: number }>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  keep(id: string, issued: Issued): void {
    this.#drop();
    this.#kept.set(id, { ...issued, until: this.#now().getTime() + keptFor });
  }

  get(id: string): Issued | undefined {
    this.#drop();
    return this.#kept.get(id);
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }

  #drop(): void {
    const now = this.#now().getTime();
    for (const [id, { until }] of this.#kept) if (until <= now) this.#kept.delete(id);
  }
}
