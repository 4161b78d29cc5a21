/** Several processes write to one log, and some of them are killed. */
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { bundleWorker, ended, startWorker } from "../disk/processes.ts";
import { openTrail, type Trail } from "./trail.ts";

const asked = { client: { name: "x", version: "1" }, tool: "generate_token" };
const bundle = (trail: Trail) => bundleWorker(trail.path, join(import.meta.dirname, "worker.ts"));

it("eight processes with fifty lines each make one whole chain, with every line of each in its order", {
  timeout: 120_000,
}, async () => {
  await using trail = await openTrail();
  const program = await bundle(trail);
  const names = Array.from({ length: 8 }, (_, index) => `agent${index}`);
  const workers = names.map((name) => startWorker(program, { state: trail.state, name, calls: 25 }));
  expect(await Promise.all(workers.map(ended))).toEqual(names.map(() => 0));
  expect(await trail.verify()).toEqual({
    lines: 400,
    head: expect.stringMatching(/^[0-9a-f]{64}$/),
    torn: [],
  });
  const made = await trail.calls();
  for (const name of names)
    expect(made.filter(({ client }) => client.name === name).map(({ ids }) => ids[0])).toEqual(
      Array.from({ length: 25 }, (_, index) => `${name}-${index}`),
    );
});

it("calls of one process wait for each other too", async () => {
  await using trail = await openTrail();
  await Promise.all(Array.from({ length: 20 }, (_, index) => trail.call([`tok_${index}`])));
  expect(await trail.verify()).toMatchObject({ lines: 40, torn: [] });
  expect((await trail.verify()).wrong).toBeUndefined();
});

it("what calls of one process say at the same time is written in the order in which they said it", async () => {
  await using trail = await openTrail();
  const calls = Array.from({ length: 200 }, (_, at) => trail.audit.open({ ...asked, tool: `tool_${at}` }));
  await Promise.all(calls.map((call) => call.begin([])));
  await Promise.all(calls.map((call) => call.end("ok")));
  const said = (await trail.lines()).map((line) => JSON.parse(line) as { event: string; tool: string });
  const wanted = calls.map((_, at) => `tool_${at}`);
  for (const event of ["begin", "end"])
    expect(said.filter((line) => line.event === event).map(({ tool }) => tool)).toEqual(wanted);
  expect(await trail.verify()).toMatchObject({ lines: 400, torn: [] });
});

it("what cannot be written is refused to each of those who said it, and what comes later is not", async () => {
  await using trail = await openTrail();
  await trail.write("state/audit.head/in-its-place", "");
  const refused = await Promise.allSettled(
    Array.from({ length: 20 }, () => trail.audit.open(asked).begin([])),
  );
  for (const each of refused) expect(each).toMatchObject({ reason: { code: "file_unreadable" } });
  await rm(trail.at("state/audit.head"), { recursive: true });
  await trail.call();
  expect(await trail.verify()).toMatchObject({ lines: 2, torn: [] });
});

it("processes that are killed at any moment leave a whole chain, and calls that are marked as unfinished", {
  timeout: 120_000,
}, async () => {
  await using trail = await openTrail();
  const program = await bundle(trail);
  const rounds = 20;
  for (let round = 0; round < rounds; round += 1) {
    const child = startWorker(program, { state: trail.state, name: `agent${round}` });
    if (!child.stdout) throw new Error("It has no output.");
    await once(child.stdout, "data");
    await sleep(Math.random() * 15);
    child.kill("SIGKILL");
    await ended(child);
    expect((await trail.verify()).wrong).toBeUndefined();
    // The next one works at once, however the last one ended.
    await trail.call([`between${round}`]);
  }
  expect((await trail.verify()).wrong).toBeUndefined();
  const made = await trail.calls();
  const unfinished = made.filter((call) => call.ended === undefined);
  // Else the kills have missed what they are to test.
  expect(unfinished.length).toBeGreaterThan(0);
  // One process makes one call at a time.
  expect(unfinished.length).toBeLessThanOrEqual(rounds);
  expect(made.filter(({ ids }) => ids[0]?.startsWith("between"))).toHaveLength(rounds);
});
