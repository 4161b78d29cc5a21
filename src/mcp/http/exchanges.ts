/** What is being answered: how much of it there is at once, of whom, and when it has to end. */

export interface Exchange {
  /** Aborted when the client goes away, when time is up, and at the end of the program. */
  signal: AbortSignal;
  /** Whether it was the time. */
  late(): boolean;
  /** It is of so many calls, which all count. */
  holds(calls: number): void;
  /** The answer has ended; whoever says so again says nothing. */
  end(): void;
}

export class Exchanges {
  readonly #open = new Map<Exchange, { who: string; calls: number; abort: () => void }>();

  /** Calls, of which a batch has several. */
  get size(): number {
    return sum([...this.#open.values()]);
  }

  of(who: string): number {
    return sum([...this.#open.values()].filter((one) => one.who === who));
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
    const counted = { who, calls: 1, abort };
    const exchange: Exchange = {
      signal: controller.signal,
      late: () => late,
      holds: (calls) => {
        counted.calls = calls;
      },
      end: () => {
        if (!this.#open.delete(exchange)) return;
        clearTimeout(timer);
        client.removeEventListener("abort", abort);
        ended((performance.now() - began) / 1000);
      },
    };
    this.#open.set(exchange, counted);
    return exchange;
  }

  /** Ends what is still open. */
  abort(): void {
    for (const { abort } of this.#open.values()) abort();
  }
}

function sum(exchanges: readonly { calls: number }[]): number {
  return exchanges.reduce((sum, { calls }) => sum + calls, 0);
}
