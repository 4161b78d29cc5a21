/**
 * A process dies at every moment at which it does something to the world: from then on nothing that it does has any effect,
 * not even what it does when something fails. Another one, that knows of it only what is on the disk, is asked for the same
 * rotation: there is one active token then, and every place works with it.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import childProcess from "node:child_process";
import fs from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { rotate } from "../../src/rotation/rotate.ts";
import { type Machine, openMachine } from "../support/machine.ts";
import steps from "../support/steps.json" with { type: "json" };

/** A process: what is called within it acts on the world until no step is left, and never again. */
interface Life {
  left: number;
  end: () => void;
}

const lives = new AsyncLocalStorage<Life>();

/** @throws when whoever does it is dead, or dies before it */
function step(path?: unknown): void {
  const life = lives.getStore();
  if (!life) return;
  // Locks of dead processes are broken by whoever comes next: test/disk/crash.test.ts kills for them.
  if (life.left > 0 && !String(path).includes("/locks/")) life.left -= 1;
  if (life.left > 0) return;
  life.end();
  throw new Error("dead");
}

/** Runs something that dies at its n-th step. @returns whether it has ended before */
async function live(left: number, act: () => Promise<unknown>): Promise<boolean> {
  let end = () => {};
  const death = new Promise<boolean>((resolve) => {
    end = () => resolve(false);
  });
  // What a dead one still does, and how that fails, is nobody's business.
  const ended = lives.run({ left, end }, act).then(
    () => true,
    () => false,
  );
  return Promise.race([death, ended]);
}

type Functions = Record<string, (...args: unknown[]) => unknown>;
const real: [Functions, string, Functions[string]][] = [];

function deadly(owner: unknown, names: readonly string[]): void {
  for (const name of names) {
    const functions = owner as Functions;
    const original = functions[name];
    if (!original) throw new Error(`There is no ${name}.`);
    real.push([functions, name, original]);
    functions[name] = (...args) => {
      step(args[0]);
      return original.apply(owner, args);
    };
  }
}

let here: Machine;
beforeEach(async () => {
  here = await openMachine({
    programs: { docker: 'cat > "$HOME/input"; exit 0' },
    fetch: (network) => async (input, init) => {
      step();
      const response = await network(input, init);
      step();
      return response;
    },
  });
});
afterEach(() => here[Symbol.asyncDispose]());
beforeAll(() => {
  deadly(fs, steps.fs);
  deadly(fs.promises, steps.promises);
  deadly(childProcess, steps.childProcess);
  syncBuiltinESMExports();
});
afterAll(() => {
  for (const [owner, name, original] of real) owner[name] = original;
  syncBuiltinESMExports();
});

/** Another process on the same machine. */
const another = () => {
  const { config, ...seams } = here.context;
  return createContext(config, seams);
};

/** What the dead one held, its successor takes: the system tells that it does not run any more. */
async function breakLocks(): Promise<void> {
  for (const folder of ["locks", "rotations/locks", "tokens/locks"]) {
    const path = join(here.context.config.folders.state, folder);
    for (const name of await readdir(path).catch(() => [])) await rm(join(path, name), { force: true });
  }
}

const args = { destination: {} };
const active = async () =>
  (await here.tokens()).filter(({ status }) => status === "active").map(({ id }) => id);

/** Every so many moments in each of as many tests, which together go through all of them. */
const lanes = 12;
const firsts = Array.from({ length: lanes }, (_, index) => index + 1);

it.each(firsts)(
  "a rotation that died at moment %i, or twelve later and so on, is carried on",
  {
    timeout: 300_000,
  },
  async (first) => {
    const made = await here.call("generate_token", {
      name: "everywhere",
      deliver_to: "file",
      deliver_path: "the-token",
    });
    let current = (made.data as unknown as { token: { id: string } }).token.id;
    await here.setUp({ manager: "npm,pip,docker", token_id: current });
    const valueIn = async (name: string, pattern = /flyt_\w+/) =>
      pattern.exec(String(await here.read(name)))?.[0];
    let at = first;
    for (; ; at += lanes) {
      if (await live(at, () => rotate(current, args, another()))) break;
      await breakLocks();
      // It may have died when all was done.
      const again = await rotate(current, args, another()).catch((error: { code: string }) => error.code);
      if (typeof again === "string") expect(again, `died at ${at}`).toBe("conflict");
      const alive = await active();
      expect(alive, `died at ${at}`).toHaveLength(1);
      expect(alive, `died at ${at}`).not.toContain(current);
      current = alive[0] ?? "";
      const values = await Promise.all([valueIn("the-token"), valueIn(".npmrc"), valueIn(".netrc")]);
      const { auths } = JSON.parse(String(await here.read(".docker/config.json"))) as {
        auths: Record<string, { auth: string }>;
      };
      const [login] = Object.values(auths);
      values.push(/flyt_\w+/.exec(Buffer.from(login?.auth ?? "", "base64").toString())?.[0]);
      expect(new Set(values).size, `died at ${at}: ${alive}`).toBe(1);
      const response = await fetch(`${here.registry.url}/artifactory/api/npm/npm/-/whoami`, {
        headers: { authorization: `Bearer ${values[0]}` },
      });
      expect(response.status, `died at ${at}`).toBe(200);
    }
    // Else it was not the rotation that died.
    expect(at).toBeGreaterThan(80);
  },
);
