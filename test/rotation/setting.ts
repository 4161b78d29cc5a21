/** A machine on which tokens are made, used and rotated, at a time that a test moves; and what goes wrong there. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { type DueOutcome, rotateDue } from "../../src/rotation/due.ts";
import { checkPackageManager } from "../../tools/check-package-manager.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { rotateToken } from "../../tools/rotate-token.ts";
import { answerOf } from "../support/answers.ts";
import { treeOf } from "../support/home.ts";
import { type MachineOptions, openMachine } from "../support/machine.ts";

const aDay = 86_400_000;
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

/** What does not come through: the path of a request, or method and path. */
export type Cut = (request: string) => boolean;

export type Setting = Awaited<ReturnType<typeof openSetting>>;

/** Nobody is asked, unless `env` says otherwise. */
export async function openSetting(options: MachineOptions = {}) {
  const start = Date.parse("2026-03-01T10:00:00Z");
  const world: { now: number; cut: Cut | undefined } = { now: start, cut: undefined };
  const machine = await openMachine({
    now: () => new Date(world.now),
    ...options,
    env: { FLY_TOKENS_CONFIRM: "never", ...options.env },
    fetch: (real) => async (input, init) => {
      const { pathname } = new URL(typeof input === "object" && "url" in input ? input.url : input);
      const method = (typeof input === "object" && "method" in input ? input.method : init?.method) ?? "GET";
      if (world.cut?.(`${method} ${pathname}`)) throw new TypeError("fetch failed");
      return options.fetch?.(real)(input, init) ?? real(input, init);
    },
  });
  open.push(machine);
  const { call, at, context } = machine;
  const records = at("ours/state/rotations");
  return {
    ...machine,
    world,
    later: (hours: number) => {
      world.now += hours * 3_600_000;
    },
    rotate: async (args: Record<string, unknown>) => answerOf(rotateToken, await call("rotate_token", args)),
    /** Makes one and hands it to a file. @returns its id */
    toFile: async (path = "the-token", args: Record<string, unknown> = {}) => {
      const given = { name: "ci", deliver_to: "file", deliver_path: path, ...args };
      return answerOf(generateToken, await call("generate_token", given)).token.id;
    },
    statuses: async () => Object.fromEntries((await machine.tokens()).map(({ id, status }) => [id, status])),
    active: async () =>
      (await machine.tokens()).filter(({ status }) => status === "active").map(({ id }) => id),
    check: async (manager: string, args = {}) =>
      answerOf(checkPackageManager, await call("check_package_manager", { manager, ...args }))
        .package_managers[0],
    due: async (dry_run = false) => {
      const outcomes: DueOutcome[] = [];
      for await (const one of rotateDue({ within: 7 * aDay, dry_run }, context)) outcomes.push(one);
      return outcomes;
    },
    /** What of our own folder holds a value, without the backups of files that had it. */
    keptValues: async () =>
      Object.entries(await treeOf(at("ours")))
        .filter(([name]) => !name.startsWith("state/backups/"))
        .filter(([, text]) => machine.values.some((value) => text.includes(value)))
        .map(([name]) => name),
    /** Where the records of rotations are, by file. */
    records: async () =>
      Promise.all(
        (await readdir(records).catch(() => []))
          .filter((name) => name.endsWith(".json"))
          .map(async (name) => ({
            path: join(records, name),
            record: JSON.parse(await readFile(join(records, name), "utf8")) as Record<string, unknown>,
          })),
      ),
    /** Nothing of it came over the wire. */
    expectUnseen: () => {
      const seen = machine.frames.join("\n");
      expect(machine.values.filter((value) => seen.includes(value))).toEqual([]);
    },
  };
}
