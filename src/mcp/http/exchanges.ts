/** What is being answered: how much of it there is at once, of whom, and when it has to end. */

export interface Exchange {
  /** Aborted when the client goes away, when time is up, and at the end of the program. */
  signal: AbortSignal;
  /** Whether it was the time. */
  late(): boolean;
  /** The answer has ended; whoever says so again says nothing. */
  end(): void;
}

export class Exchanges {
  readonly #open = new Map<Exchange, { who: string; abort: () => void }>();

  get size(): number {
    return this.#open.size;
  }

  of(who: string): number {
    return [...this.#open.values()].filter((one) => one.who === who).length;
  }

  /**
   * @param client aborted when the client goes away
   * @param time milliseconds
   * @param ended told the seconds that it took
   */
  open(
    who: string,
    client: AbortSignal,
    time: number,
    ended: (seconds: number) => void = () => {},
  ): Exchange {
    const began = performance.now();
    const controller = new AbortController();
    const abort = () => controller.abort();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      abort();
    }, time);
    if (client.aborted) abort();
    client.addEventListener("abort", abort, { once: true });
    const exchange: Exchange = {
      signal: controller.signal,
      late: () => late,
      end: () => {
        if (!this.#open.delete(exchange)) return;
        clearTimeout(timer);
        client.removeEventListener("abort", abort);
        ended((performance.now() - began) / 1000);
      },
    };
    this.#open.set(exchange, { who, abort });
    return exchange;
  }

  /** Ends what is still open. */
  abort(): void {
    for (const { abort } of this.#open.values()) abort();
  }
}
