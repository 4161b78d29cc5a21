/** The values of tokens that were minted just now, for a client that lost the answer and asks again. In memory only. */

/** Milliseconds. */
const lifetime = 10 * 60_000;
const capacity = 1000;

export class FreshValues {
  readonly #values = new Map<string, { value: string; until: number }>();

  /** @param now epoch milliseconds */
  keep(tokenId: string, value: string, now: number): void {
    for (const [id, { until }] of this.#values) {
      if (until > now && this.#values.size < capacity) break; // the oldest come first
      this.#values.delete(id);
    }
    this.#values.set(tokenId, { value, until: now + lifetime });
  }

  of(tokenId: string, now: number): string | undefined {
    const kept = this.#values.get(tokenId);
    return kept && kept.until > now ? kept.value : undefined;
  }

  forget(tokenId: string): void {
    this.#values.delete(tokenId);
  }
}
