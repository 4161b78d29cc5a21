/** What holds of the database that replicas share alone: secrets in it, and what happens while it is away. */
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import * as z from "zod";
import { openPostgres } from "../../src/registry/store/postgres/open.ts";
import { Seal } from "../../src/seal.ts";
import { Secret } from "../../src/secret.ts";
import { databaseState } from "../../src/state/open.ts";
import type { State } from "../../src/state/state.ts";
import { type Postgres, postgresPrograms, startPostgres } from "../support/postgres.ts";
import { postgresUrl } from "../support/store.ts";

const Shape = z.object({
  word: z.string(),
  value: z.string().optional(),
  more: z.record(z.string(), z.string()).optional(),
});
const minute = 60_000;
const now = () => new Date();
const key = () => new Seal(new Secret("a key of these tests, which all of them have"));

describe.skipIf(inject("postgres") === undefined)("in the database", () => {
  async function behind(url: Secret) {
    const db = await openPostgres(new Secret(url.reveal()));
    const rows = await db.selectFrom("records").selectAll().execute();
    const spent = await db.selectFrom("spent").selectAll().execute();
    await db.destroy();
    return { rows, spent };
  }

  test("no secret can be read, nor what a caller has chosen as an id", async () => {
    const url = postgresUrl();
    const state = databaseState(url, key(), now);
    const records = state.records("rotations", Shape, ["value", "more"]);
    await records.write("a", { word: "plain", value: "canary-1", more: { x: "canary-2" } });
    await state.once("once").spend("canary-3", Date.now() + minute);
    const found = await behind(url);
    expect(JSON.stringify(found)).not.toMatch(/canary/);
    expect(found.rows[0]?.document).toContain("plain");
    expect(await records.read("a")).toEqual({ word: "plain", value: "canary-1", more: { x: "canary-2" } });
    await state.close();
  });

  test("a secret opens with the same key alone, and in its own record", async () => {
    const url = postgresUrl();
    const state = databaseState(url, key(), now);
    const records = state.records("rotations", Shape, ["value"]);
    await records.write("a", { word: "a", value: "secret" });
    await records.write("b", { word: "b" });
    const other = databaseState(new Secret(url.reveal()), new Seal(new Secret("another key")), now);
    const theirs = other.records("rotations", Shape, ["value"]);
    await expect(theirs.read("a")).rejects.toMatchObject({
      code: "file_unreadable",
      message: expect.stringContaining("FLY_TOKENS_HTTP_KEY"),
    });
    // What holds no secret can be read: a new key does not lose what is kept for later.
    expect(await theirs.read("b")).toEqual({ word: "b" });
    const db = await openPostgres(url);
    const { document } = await db
      .selectFrom("records")
      .select("document")
      .where("name", "=", "a")
      .executeTakeFirstOrThrow();
    await db.updateTable("records").set({ document }).where("name", "=", "b").execute();
    await db.destroy();
    await expect(records.read("b")).rejects.toMatchObject({ code: "file_unreadable" });
    await Promise.all([state.close(), other.close()]);
  });

  test("what is used up goes when it is too old for every clock, and not before", async () => {
    const url = postgresUrl();
    let at = Date.parse("2027-03-01T10:00:00Z");
    const state = databaseState(url, key(), () => new Date(at));
    const once = state.once("once");
    await once.spend("a", at + 10 * minute);
    at += 60 * minute;
    await once.spend("b", at + 10 * minute);
    expect((await behind(url)).spent).toHaveLength(2);
    at += 40 * minute;
    await once.spend("c", at + 10 * minute);
    expect((await behind(url)).spent).toHaveLength(2);
    await state.close();
  });

  test("nothing is opened before it is used, and nothing is left open", async () => {
    const state = databaseState(new Secret("postgres://127.0.0.1:1/nowhere"), key(), now);
    state.once("once");
    state.records("words", Shape);
    await state.close();
  });
});

describe.skipIf(postgresPrograms() === undefined)("a database that is away", () => {
  let postgres: Postgres;
  let state: State;
  beforeAll(async () => {
    postgres = await startPostgres(postgresPrograms() ?? "");
    state = databaseState(new Secret(postgres.url("away")), key(), now);
  });
  afterAll(async () => {
    await state.close();
    await postgres[Symbol.asyncDispose]();
  });
  const away = { code: "state_unavailable", retry_after: 5 };

  test("grants nothing and forgets nothing, and is used again as soon as it is there", async () => {
    const once = state.once("once");
    const records = state.records("words", Shape);
    const lines = state.lines("words", Shape, 10);
    const until = Date.now() + 10 * minute;
    await postgres.stop();
    // Never opened yet.
    await expect(once.spend("a", until)).rejects.toMatchObject({
      ...away,
      message: expect.stringContaining("Nothing was changed"),
    });
    await postgres.start();
    expect(await once.spend("a", until)).toBe(true);
    await records.write("a", { word: "a" });
    await lines.append({ word: "a" });
    for (const mode of ["fast", "immediate"] as const) {
      await postgres.stop(mode);
      for (const act of [
        () => once.spend("b", until),
        () => once.isSpent("a", until),
        () => records.read("a"),
        () => records.list(),
        () => records.write("a", { word: "b" }),
        () => records.locked("a", 1000, async () => {}),
        () => lines.append({ word: "b" }),
        () => lines.mentioning("a"),
      ])
        await expect(act()).rejects.toMatchObject(away);
      await postgres.start();
      expect(await once.isSpent("a", until)).toBe(true);
      expect(await once.isSpent("b", until)).toBe(false);
      expect(await records.read("a")).toEqual({ word: "a" });
      expect(await lines.mentioning("word")).toEqual([{ word: "a" }]);
    }
    expect(await once.spend("b", until)).toBe(true);
  });

  test("lets go of a lock: who comes next has it, and who had it writes no more", async () => {
    const records = state.records("words", Shape);
    const next = databaseState(new Secret(postgres.url("away")), key(), now);
    const others = next.records("words", Shape);
    await records.locked("a", 5000, async () => {
      await expect(records.locked("a", 50, async () => "in")).rejects.toMatchObject({ code: "file_locked" });
      await postgres.stop("immediate");
      await postgres.start();
      await others.locked("a", 5000, () => others.write("a", { word: "of the next" }));
      await expect(records.write("a", { word: "too late" })).rejects.toMatchObject(away);
    });
    expect(await records.read("a")).toEqual({ word: "of the next" });
    await records.locked("a", 5000, () => records.write("a", { word: "again" }));
    expect(await others.read("a")).toEqual({ word: "again" });
    await next.close();
  });
});
