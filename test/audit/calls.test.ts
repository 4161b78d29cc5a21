/** What of an agent's calls gets into the log, and when. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { CallEntry } from "../../src/audit/entry.ts";
import { verify } from "../../src/audit/verify.ts";
import { type Machine, openMachine } from "../support/machine.ts";
import type { ClientOptions, ToolResult } from "../support/world.ts";

const at = "ours/state/audit.jsonl";
const idOf = ({ data }: ToolResult) => (data as { token?: { id: string } }).token?.id ?? "";

async function entries(machine: Machine): Promise<CallEntry[]> {
  const text = (await machine.read(at)) ?? "";
  expect((await verify(machine.at("ours/state"))).wrong).toBeUndefined();
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CallEntry);
}

/** Event, tool and outcome of each line. */
async function story(machine: Machine): Promise<string[]> {
  return (await entries(machine)).map(({ event, tool, outcome }) =>
    [event, tool, outcome].filter(Boolean).join(" "),
  );
}

describe.each<ClientOptions["era"]>(["legacy", "modern"])("a client of the %s era", (era) => {
  it("is named, and what it did stands there before and after, by the fingerprint of the value", async () => {
    await using machine = await openMachine();
    const { call } = await machine.connect({ era });
    const made = await call("generate_token", { name: "ci" });
    const id = idOf(made);
    const value = (made.data as { credential?: { token: string } }).credential?.token ?? "";
    const [begin, end, ...rest] = await entries(machine);
    expect(rest).toEqual([]);
    expect(begin).toMatchObject({
      event: "begin",
      client: { name: "test", version: "1" },
      transport: era === "modern" ? "http" : "stdio",
      tool: "generate_token",
      ids: [],
      consent: "not needed",
    });
    expect(end).toMatchObject({
      event: "end",
      call: begin?.call,
      client: { name: "test", version: "1" },
      ids: [id],
      outcome: "ok",
      fingerprints: { [id]: createHash("sha256").update(value).digest("hex").slice(0, 16) },
    });
    expect(await machine.read(at)).not.toContain(value.slice(5, 21));
  });

  it("that shows forms asks first, and then it is done by consent", async () => {
    await using machine = await openMachine();
    const { token } = await machine.registry.mint({ name: "old" });
    const { call } = await machine.connect({
      era,
      ask: () => ({ action: "accept", content: { confirm: "old" } }),
    });
    await call("revoke_token", { filter: { name: "old" } });
    expect(await story(machine)).toEqual([
      "end revoke_token confirmation_required",
      "begin revoke_token",
      "end revoke_token ok",
    ]);
    const [, begin, end] = await entries(machine);
    // The filter's own ids, before the first of them is touched.
    expect(begin).toMatchObject({ ids: [token.id], consent: "form" });
    expect(end).toMatchObject({ ids: [token.id], consent: "form", outcomes: { [token.id]: "revoked" } });
  });

  it("that shows none brings the confirmation", async () => {
    await using machine = await openMachine();
    const { token } = await machine.registry.mint({ name: "old" });
    const { call } = await machine.connect({ era });
    const asked = await call("revoke_token", { ids: [token.id] });
    const { confirmation } = (asked.data as object as { confirmation_required: { confirmation: string } })
      .confirmation_required;
    await call("revoke_token", { ids: [token.id], confirmation });
    expect((await entries(machine)).map(({ consent }) => consent)).toEqual([
      undefined,
      "confirmation",
      "confirmation",
    ]);
    expect(await machine.read(at)).not.toContain(confirmation);
  });
});

it("nothing is written by what changes nothing", async () => {
  await using machine = await openMachine();
  await machine.call("get_status");
  await machine.call("list_tokens");
  await machine.call("configure_package_manager", { manager: "npm", dry_run: true });
  await machine.call("generate_token", { nam: "ci" });
  expect(await machine.read(at)).toBeUndefined();
});

it("what reads secrets is written down, with the tokens that it found", async () => {
  await using machine = await openMachine();
  const { token, value } = await machine.registry.mint();
  await machine.write("a.env", `A=${value}\nB=${value}\n`);
  await machine.call("find_leaks");
  await machine.call("find_leaks", { paths: ["nowhere"] });
  expect(await story(machine)).toEqual([
    "begin find_leaks",
    "end find_leaks ok",
    "begin find_leaks",
    "end find_leaks not_found",
  ]);
  expect((await entries(machine))[1]).toMatchObject({ ids: [token.id] });
});

it("a token that is ended because nobody opened its page is revoked in the log, too", async () => {
  await using machine = await openMachine();
  const id = idOf(await machine.call("generate_token", { name: "ci", deliver_to: "reveal_page" }));
  await machine.context.openEnds.close();
  expect(await machine.tokens()).toEqual([{ id, status: "revoked" }]);
  expect(await story(machine)).toEqual([
    "begin generate_token",
    "end generate_token ok",
    "begin revoke_token",
    "end revoke_token ok",
  ]);
  expect((await entries(machine)).at(-1)).toMatchObject({
    ids: [id],
    client: { name: "fly-tokens" },
    reason: "Nobody took the value from its page.",
  });
});

it("how it ended is the problem's code, or that the person said no", async () => {
  await using machine = await openMachine();
  const { token } = await machine.registry.mint({ name: "old" });
  const { call } = await machine.connect({
    era: "modern",
    ask: () => ({ action: "accept", content: { confirm: "another" } }),
  });
  await call("generate_token", { name: "x", environment: "moon" });
  await call("revoke_token", { ids: [token.id] });
  await call("create_environment", { name: "production" });
  expect(await story(machine)).toEqual([
    "begin generate_token",
    "end generate_token not_found",
    "end revoke_token confirmation_required",
    "end revoke_token declined",
    "begin create_environment",
    "end create_environment ok",
  ]);
  const all = await entries(machine);
  expect(all[0]).toMatchObject({ environment: "moon" });
  expect(all[3]).toMatchObject({ ids: [token.id] });
  expect(all[5]).toMatchObject({ environment: "production", ids: [] });
});

it("the beginning is on the disk before anything is minted", async () => {
  let seen: string | undefined;
  await using machine = await openMachine({
    minted: async (home) => {
      seen = await readFile(`${home}/${at}`, "utf8");
    },
  });
  await machine.setUp({ manager: "npm" });
  expect(
    seen
      ?.split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).event),
  ).toEqual(["begin"]);
});

describe("without a log nothing is done:", () => {
  it.each<[string, (machine: Machine) => Promise<unknown>]>([
    ["a folder in its place", (machine) => mkdir(machine.at(at), { recursive: true })],
    [
      "a full disk",
      async (machine) => {
        await mkdir(machine.at("ours/state"), { recursive: true });
        await symlink("/dev/full", machine.at(at));
      },
    ],
    ["a file where the folder should be", (machine) => machine.write("ours/state", "")],
    [
      "a folder where the head should be",
      (machine) => mkdir(machine.at("ours/state/audit.head/x"), { recursive: true }),
    ],
  ])("%s", async (_what, prepare) => {
    await using machine = await openMachine();
    await machine.call("create_environment", { name: "production" });
    await rm(machine.at("ours/state"), { recursive: true });
    await prepare(machine);
    const before = await machine.tree();
    const calls: [string, object][] = [
      ["generate_token", { name: "ci" }],
      ["configure_package_manager", { manager: "npm" }],
      ["create_environment", { name: "staging" }],
    ];
    for (const [name, args] of calls) {
      const { error } = await machine.call(name, { ...args });
      expect([name, error.code]).toEqual([name, expect.stringMatching(/^file_un(writ|read)able$/)]);
      expect(error.fix).toMatch(/FLY_TOKENS_HOME|move it away/);
    }
    expect(await machine.tokens()).toEqual([]);
    expect(await machine.tree()).toEqual(before);
    const { environments } = (await (await machine.registry.call("GET", "/environments")).json()) as {
      environments: { name: string }[];
    };
    expect(environments.map(({ name }) => name)).toEqual(["production"]);
    // What changes nothing needs none.
    expect((await machine.call("list_tokens")).isError).toBeUndefined();
  });
});

it("an end that cannot be written takes no answer away, and the log shows the call as unfinished", async () => {
  let isFull = true;
  await using machine = await openMachine({
    minted: async (home) => {
      if (!isFull) return;
      await rename(`${home}/${at}`, `${home}/kept`);
      await mkdir(`${home}/${at}`);
    },
  });
  const made = await machine.call("generate_token", { name: "ci" });
  expect(made.isError).toBeUndefined();
  expect(machine.faults).toEqual([expect.objectContaining({ code: "file_unwritable" })]);
  expect((await machine.tokens()).map(({ status }) => status)).toEqual(["active"]);
  isFull = false;
  await rm(machine.at(at), { recursive: true });
  await rename(machine.at("kept"), machine.at(at));
  await machine.call("generate_token", { name: "again" });
  expect(await story(machine)).toEqual([
    "begin generate_token",
    "begin generate_token",
    "end generate_token ok",
  ]);
  expect((await stat(machine.at(at))).mode & 0o777).toBe(0o600);
});

it("a token that an agent puts where none belongs is not kept", async () => {
  await using machine = await openMachine();
  const { value } = await machine.registry.mint();
  await machine.call("generate_token", { name: "ci", environment: value });
  await machine.call("delete_token", { ids: [value] });
  expect(await story(machine)).toContain("end delete_token ok");
  expect(await machine.read(at)).not.toContain(value.slice(5, 21));
});
