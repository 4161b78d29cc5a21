/**
 * Replicas of `fly-tokens registry` over one PostgreSQL and one folder of artifacts, as a team runs them. Their database
 * has a schema of its own in the cluster of the run, unless a test brings another.
 */
import { describe, inject } from "vitest";
import { type RegistryClient, registryClient } from "../support/registry-client.ts";
import { postgresUrl } from "../support/store.ts";
import { bundle, type Machine, openMachine, type Program } from "./machine.ts";

export interface Replica extends RegistryClient {
  program: Program;
}

export interface Team extends AsyncDisposable {
  machine: Machine;
  /** The first two. */
  replicas: readonly [Replica, Replica];
  /** One more. */
  start(...flags: string[]): Promise<Replica>;
}

/** @param settings of every replica */
export async function openTeam(
  settings: Record<string, string> = {},
  database = postgresUrl().reveal(),
): Promise<Team> {
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: "http://127.0.0.1:0",
    FLY_TOKENS_DATABASE_URL: database,
    ...settings,
  });
  const start = (...flags: string[]) => startReplica(machine, flags);
  try {
    // At once, as after a deployment: one of them makes the tables and the first key.
    const replicas = await Promise.all([start(), start()]);
    return { machine, replicas, start, [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose]() };
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
}

/** Starts one on a machine. @param adminKey where the machine has none of its own, because another replica has made it */
export async function startReplica(
  machine: Machine,
  flags: readonly string[] = [],
  adminKey?: string,
): Promise<Replica> {
  const program = machine.start(process.execPath, [bundle, "registry", ...flags]);
  const [, known, listening] = await program.said(/registry is at (http\S+?)(?:, and listens at (\S+))?\n/);
  const key = adminKey ?? (await machine.read("fly-tokens/data/registry/admin-key"))?.trim() ?? "";
  return { program, ...registryClient(listening ?? known ?? "", key) };
}

/** Where PostgreSQL is not installed, what needs it is skipped by name; in CI the run fails before that. */
export function describeTeam(title: string, tests: () => void): void {
  if (inject("postgres") !== undefined) describe(title, tests);
  else describe.skip(`${title} (skipped: PostgreSQL is not installed)`, tests);
}

/** Runs an action for each number below `count`, so many at once. */
export async function lanes(count: number, width: number, act: (turn: number) => Promise<void>) {
  let next = 0;
  const lane = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

export const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

/** Waits for as long as the test may take. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause();
}
