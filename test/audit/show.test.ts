import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { inWords, type Wanted } from "../../src/audit/show.ts";
import { openTrail, type Trail } from "./trail.ts";

const show = (trail: Trail, wanted: Wanted = {}) => trail.calls(wanted);

/** Four that ended, one of which never ran, and one that was cut off. */
async function written(): Promise<Trail> {
  const trail = await openTrail();
  await trail.call(["tok_1"]);
  await trail.call(["tok_2", "tok_1"], "forbidden", "delete_token");
  const cut = trail.audit.open({ client: { name: "x", version: "1" }, tool: "rotate_token" });
  await cut.begin(["tok_3"]);
  await trail.audit
    .open({ client: { name: "x", version: "1" }, tool: "revoke_token" })
    .end("confirmation_required", ["tok_4"]);
  await trail.call([], "ok", "create_environment");
  return trail;
}

const tools = (list: readonly { tool: string }[]) => list.map(({ tool }) => tool);

it("shows each call once, in the order in which they ended, and what was cut off last", async () => {
  await using trail = await written();
  const list = await show(trail);
  expect(tools(list)).toEqual([
    "revoke_token",
    "delete_token",
    "revoke_token",
    "create_environment",
    "rotate_token",
  ]);
  expect(list[0]).toMatchObject({
    began: "2027-01-01T00:00:01.000Z",
    ended: "2027-01-01T00:00:02.000Z",
    outcome: "ok",
  });
  expect(list[2]).not.toHaveProperty("began");
  expect(list[4]).not.toHaveProperty("ended");
  const words = list.map(inWords);
  expect(words[0]).toMatch(
    /^2027-01-01T00:00:01\.000Z +revoke_token +ok +tok_1 revoked {2}environment production {2}agreed by form {2}by claude-code 2\.1 {2}because: wöch/,
  );
  expect(words[2]).toMatch(/confirmation_required/);
  expect(words[3]).toMatch(/create_environment +ok +-/);
  expect(words[4]).toMatch(/^2027-01-01T00:00:05\.000Z +rotate_token +unfinished +tok_3/);
});

describe("shows what was asked for:", () => {
  it.each<[Wanted, string[]]>([
    [{ tool: "revoke_token" }, ["revoke_token", "revoke_token"]],
    [{ token: "tok_1" }, ["revoke_token", "delete_token"]],
    [{ token: "tok_3" }, ["rotate_token"]],
    [{ token: "tok" }, []],
    [{ since: new Date("2027-01-01T00:00:06Z") }, ["revoke_token", "create_environment"]],
    [{ limit: 2 }, ["create_environment", "rotate_token"]],
    [{ limit: 1, tool: "revoke_token" }, ["revoke_token"]],
    [{ limit: 99, token: "tok_2", tool: "delete_token" }, ["delete_token"]],
  ])("%j", async (wanted, expected) => {
    await using trail = await written();
    expect(tools(await show(trail, wanted))).toEqual(expected);
  });
});

it("leaves out what it cannot read, and shows what others wrote without what a terminal would obey", async () => {
  await using trail = await written();
  const [line = ""] = await trail.lines();
  const evil = JSON.parse(line);
  await writeFile(
    trail.log,
    `{"event":"end"}\n\u0000\n${JSON.stringify({ ...evil, event: "end", call: "x", ids: ["\u001b[2J\u202e\n"] })}\n`,
  );
  const list = await show(trail);
  expect(list).toHaveLength(1);
  expect(inWords(list[0] as never)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

it("shows nothing where nothing was written", async () => {
  await using trail = await openTrail();
  expect(await show(trail)).toEqual([]);
});

it("refuses a log that cannot be read", async () => {
  await using trail = await openTrail();
  await trail.write("state/audit.jsonl/in-its-place", "");
  await expect(show(trail)).rejects.toMatchObject({ code: "file_unreadable" });
  await expect(trail.verify()).rejects.toMatchObject({ code: "file_unreadable" });
});

describe("a caller", () => {
  const named = async (trail: Trail, caller: string | undefined, tool = "revoke_token") => {
    const call = trail.audit.open({ client: { name: "x", version: "1" }, tool, caller, transport: "http" });
    await call.begin(["tok_1"], "confirmation");
    await call.end("ok");
  };

  it("is named in both lines, shown, and what they did is found by it", async () => {
    await using trail = await openTrail();
    await trail.call();
    await named(trail, "alice");
    await named(trail, "bob", "delete_token");
    await named(trail, undefined, "rotate_token");
    expect((await trail.lines()).map((line) => JSON.parse(line).caller)).toEqual([
      undefined,
      undefined,
      "alice",
      "alice",
      "bob",
      "bob",
      undefined,
      undefined,
    ]);
    const list = await show(trail, { caller: "alice" });
    expect(tools(list)).toEqual(["revoke_token"]);
    expect(list.map(inWords)).toEqual([
      expect.stringMatching(/agreed by confirmation {2}by alice with x 1$/),
    ]);
    expect(tools(await show(trail, { caller: "bob", tool: "revoke_token" }))).toEqual([]);
    expect(await show(trail, { caller: "ali" })).toEqual([]);
    expect((await trail.verify()).wrong).toBeUndefined();
  });

  it("may have any name: it is quoted, capped, and found all the same", async () => {
    await using trail = await openTrail();
    for (const name of [`a\u202e\u001b[2J\nb`, "x".repeat(5000)]) {
      await named(trail, name);
      const [found, ...others] = await show(trail, { caller: name });
      expect(others).toEqual([]);
      expect(found?.caller?.length).toBeLessThanOrEqual(257);
      expect(found && inWords(found)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
    expect((await trail.verify()).wrong).toBeUndefined();
  });
});
