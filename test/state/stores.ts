/** Where our state can lie, for tests that must hold in each place. */
import { describe, inject } from "vitest";
import { Seal } from "../../src/seal.ts";
import { Secret } from "../../src/secret.ts";
import { databaseState, folderState } from "../../src/state/open.ts";
import type { State } from "../../src/state/state.ts";
import { type TempHome, tempHome } from "../support/home.ts";
import { postgresUrl } from "../support/store.ts";

export interface Place extends TempHome {
  /** The state of another process, as far as it can know; with another key, of one that was configured otherwise. */
  open(options?: { now?: () => Date; key?: Secret }): State;
}

export type PlaceName = "a folder" | "PostgreSQL";

const operators = new Secret("a key of these tests, which all of them have");

/** `await using place = await openPlace(name)` */
export async function openPlace(name: PlaceName): Promise<Place> {
  const home = await tempHome();
  const url = name === "PostgreSQL" ? postgresUrl().reveal() : undefined;
  const opened: State[] = [];
  return {
    ...home,
    open({ now = () => new Date(), key = operators } = {}) {
      const state =
        url === undefined
          ? folderState(home.at("state"), now)
          : // Its own pool: a setting has one.
            databaseState(new Secret(url), new Seal(key), now);
      opened.push(state);
      return state;
    },
    async [Symbol.asyncDispose]() {
      for (const state of opened) await state.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** Runs the same tests over each; one that is not installed here is skipped by name. */
export function describePlaces(title: string, tests: (name: PlaceName) => void): void {
  describe(`${title}, in a folder`, () => tests("a folder"));
  if (inject("postgres") !== undefined) describe(`${title}, in PostgreSQL`, () => tests("PostgreSQL"));
  else describe.skip(`${title}, in PostgreSQL (skipped: it is not installed)`, () => tests("PostgreSQL"));
}
