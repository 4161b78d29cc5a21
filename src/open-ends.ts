/** What outlives the call that began it, and has to be ended before the process is: pages that wait for a person. */
import type { OpenEnd } from "./delivery/delivery.ts";

export class OpenEnds {
  readonly #all = new Map<string, OpenEnd>();

  /** @param name by which it is found again */
  add(name: string, end: OpenEnd): void {
    this.#all.set(name, end);
  }

  /** One of them; `undefined` for a name that is not known. */
  get(name: string): OpenEnd | undefined {
    return this.#all.get(name);
  }

  /** Waits until all that are open now have ended by themselves. @throws what the first has come to, if that is nothing */
  async done(): Promise<void> {
    await Promise.all([...this.#all.values()].map(({ done }) => done));
  }

  /** Ends all of them. @throws the first that could not be ended properly */
  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.#all.values()].map((end) => end.close()));
    this.#all.clear();
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }
}
