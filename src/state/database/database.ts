/**
 * The database that replicas share, as our own state uses it: opened by what first needs it, and again when that failed.
 * While it is away nobody knows what the others have done, so what would have to know is refused.
 */
import { Problem } from "../../problem.ts";
import type { RegistryDatabase } from "../../registry/store/database.ts";
import type { Secret } from "../../secret.ts";

export class SharedDatabase {
  readonly #url: Secret;
  #opened: Promise<RegistryDatabase> | undefined;

  constructor(url: Secret) {
    this.#url = url;
  }

  /** @throws Problem `state_unavailable`, or `not_configured` for a database that cannot be used at all */
  async ask<T>(act: (db: RegistryDatabase) => Promise<T>): Promise<T> {
    return orAway(async () => act(await this.#open()));
  }

  /**
   * Runs `act` while no other replica does the same with that name.
   * @param wait how long to wait for it, in milliseconds
   * @param act is handed what throws `state_unavailable` once the lock is lost, with its connection
   * @throws Problem `file_locked`, and as `ask`
   */
  async locked<T>(name: string, wait: number, act: (stillOurs: () => void) => Promise<T>): Promise<T> {
    const { lockPostgres } = await import("../../registry/store/postgres/lock.ts");
    const lock = await orAway(() => lockPostgres(this.#url, name, wait));
    if (!lock)
      throw new Problem(
        "file_locked",
        "Another replica is doing the same at this moment.",
        "Call again in a moment.",
      );
    try {
      return await act(() => {
        if (lock.isLost()) throw away(undefined);
      });
    } finally {
      await lock.release();
    }
  }

  /** Waits for what is being asked. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await (await opened?.catch(() => undefined))?.destroy();
  }

  #open(): Promise<RegistryDatabase> {
    this.#opened ??= import("../../registry/store/postgres/open.ts")
      .then(({ openPostgres }) => openPostgres(this.#url))
      .catch((error: unknown) => {
        this.#opened = undefined;
        throw error;
      });
    return this.#opened;
  }
}

async function orAway<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { isAway } = await import("../../registry/store/postgres/faults.ts");
    throw isAway(error) ? away(error) : error;
  }
}

function away(cause: unknown): Problem {
  return new Problem(
    "state_unavailable",
    "The database that keeps what all replicas have to know does not answer.",
    "Call again in a moment. If it stays so, ask who runs the server to look at that database.",
    { retry_after: 5, cause },
  );
}
