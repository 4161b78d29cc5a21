/** Counts failures per key in windows of fixed length; forgets the oldest keys when there are too many. */

export interface ThrottleLimits {
  /** How many failures a key may have in a window. */
  failures: number;
  /** Milliseconds. */
  window: number;
  /** How many keys are remembered. */
  keys: number;
}

export class Throttle {
  readonly #limits: ThrottleLimits;
  readonly #windows = new Map<string, { count: number; until: number }>();

  constructor(limits: ThrottleLimits) {
    this.#limits = limits;
  }

  /**
   * Notes a failure.
   * @param now epoch milliseconds
   * @returns seconds until the key may try again; 0 while it is within its limit
   */
  fail(key: string, now: number): number {
    const known = this.#windows.get(key);
    const open = known && known.until > now ? known : { count: 0, until: now + this.#limits.window };
    open.count++;
    if (open !== known) this.#remember(key, open);
    return open.count > this.#limits.failures ? Math.ceil((open.until - now) / 1000) : 0;
  }

  #remember(key: string, window: { count: number; until: number }): void {
    this.#windows.delete(key); // so that the map's order is that of the windows' ends
    this.#windows.set(key, window);
    if (this.#windows.size <= this.#limits.keys) return;
    for (const oldest of this.#windows.keys()) {
      this.#windows.delete(oldest);
      break;
    }
  }
}
