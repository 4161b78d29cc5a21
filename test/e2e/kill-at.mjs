/**
 * Loaded before the program (`node --import`): ends it with SIGKILL at the n-th thing that it does to the world, just
 * before it happens: a file that is made, written, renamed or removed, a request that is sent, an answer that arrives, a
 * program that is started. n is KILL_AT. What lies between two of them has no effect, so this is every moment at which a
 * process can die.
 */
import childProcess from "node:child_process";
import fs from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";

let left = Number(process.env.KILL_AT);

function step() {
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

function before(owner, name) {
  const real = owner[name];
  owner[name] = (...args) => {
    step();
    return real.apply(owner, args);
  };
}

// test/rotation/kills.test.ts dies at the same ones.
const steps = createRequire(import.meta.url)("../support/steps.json");
for (const name of steps.fs) before(fs, name);
for (const name of steps.promises) before(fs.promises, name);
for (const name of steps.childProcess) before(childProcess, name);
syncBuiltinESMExports();

const { fetch } = globalThis;
globalThis.fetch = async (...args) => {
  step();
  const response = await fetch(...args);
  step();
  return response;
};
