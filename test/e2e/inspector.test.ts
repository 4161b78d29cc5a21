/** The official Inspector's command line: over stdio and HTTP, in every era, every tool; and what it measures when it calls many times. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prompts } from "../../prompts/index.generated.ts";
import { tools } from "../../tools/index.generated.ts";
import { type CallTool, resultOf } from "./agent.ts";
import { tellEveryTool, validating } from "./every-tool.ts";
import { authorization, serve } from "./http-server.ts";
import { bundle, type Machine, openMachine } from "./machine.ts";
import { nodes } from "./packages.ts";

const inspector = join(import.meta.dirname, "programs/node_modules/.bin/mcp-inspector");

/** The version that is spoken when the client may choose. */
const versions = { legacy: "2025-11-25", auto: "2026-07-28", modern: "2026-07-28" };
type Era = keyof typeof versions;

interface Said {
  code: number;
  stderr: string;
  result: Record<string, unknown>;
}

let machine: Machine;
let url: string;
beforeAll(async () => {
  machine = await openMachine();
  ({ url } = await serve(machine));
});
afterAll(() => machine[Symbol.asyncDispose]());

/** How the Inspector finds the server: it hands a program no variable on but those that it is given. */
const ways = {
  stdio: () => ({
    before: Object.entries(machine.env).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    after: ["--", process.execPath, bundle],
  }),
  http: () => ({
    before: ["--transport", "http", "--server-url", url, "--header", `Authorization: ${authorization}`],
    after: [],
  }),
};
type Way = keyof typeof ways;

/** It is started so often that it is compiled once, by a Node that keeps what it has compiled. */
function run(args: readonly string[]) {
  const env = { NODE_COMPILE_CACHE: machine.at("compiled") };
  return machine.run(nodes["22"] ?? "", [inspector, "--cli", "-q", ...args], { env });
}

async function inspect(way: Way, era: Era, method: string, ...args: string[]): Promise<Said> {
  const { before, after } = ways[way]();
  const asked = ["--protocol-era", era, "--method", method, ...args];
  const command = ["--format", "json", ...before, ...asked, ...after];
  const { code, stdout, stderr } = await run(command);
  const { result = {} } = stdout ? (JSON.parse(stdout) as { result?: Said["result"] }) : {};
  return { code, stderr, result };
}

async function see(way: Way, era: Era, method: string, ...args: string[]): Promise<Said["result"]> {
  const { code, stderr, result } = await inspect(way, era, method, ...args);
  expect(code, `${method}: ${stderr}`).toBe(0);
  return result;
}

const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name).sort();

/** @returns what calls a tool, by a program for each call */
function caller(way: Way, era: Era): CallTool {
  return async (name, args = {}) => {
    const given = ["--tool-name", name, "--tool-args-json", JSON.stringify(args)];
    const { code, stderr, result } = await inspect(way, era, "tools/call", ...given);
    const told = resultOf(result);
    expect(code, stderr).toBe(told.isError ? 5 : 0);
    return told;
  };
}

const eras = Object.keys(versions) as Era[];

test.each(Object.keys(ways) as Way[])("over %s it speaks the version of every era", async (way) => {
  const met = await Promise.all(eras.map((era) => see(way, era, "initialize")));
  const serverInfo = { name: "fly-tokens" };
  expect(met).toMatchObject(eras.map((era) => ({ serverInfo, protocolVersion: versions[era] })));
});

// Each way once, and each era: the other two are those of http-clients.test.ts and interop.test.ts.
const crossed = [
  ["stdio", "legacy"],
  ["http", "modern"],
] as const;

test.each(crossed)(
  "over %s, era %s, it sees all that there is, and finds no error in a schema",
  async (way, era) => {
    const named = ["--prompt-name", "deployment-token", "--prompt-args", "environment=production"];
    const [listed, prompted, prompt, resources] = await Promise.all([
      inspect(way, era, "tools/list", "--strict"),
      see(way, era, "prompts/list"),
      see(way, era, "prompts/get", ...named),
      see(way, era, "resources/list"),
    ]);
    expect(listed.code, listed.stderr).toBe(0);
    expect(listed.stderr).not.toMatch(/[1-9]\d* errors?/);
    expect(names(listed.result.tools)).toEqual(names(tools));
    expect(names(prompted.prompts)).toEqual(names(prompts));
    expect(JSON.stringify(prompt.messages)).toContain("production");
    expect(names(resources.resources)).toContain("tokens");
  },
);

test("every tool succeeds and refuses as advertised", async () => {
  const listed = (await see("http", "modern", "tools/list")).tools as { name: string }[];
  const { succeeded, refused } = await tellEveryTool(validating(caller("http", "modern"), listed));
  expect([...succeeded].sort()).toEqual(names(tools));
  expect([...refused].sort()).toEqual(names(tools));
});

test.each([
  ["stdio", "auto"],
  ["http", "legacy"],
] as const)("over %s, era %s, it revokes what it minted, once it has seen the plan", async (way, era) => {
  const call = caller(way, era);
  const { token, credential } = (await call("generate_token", { name: `${way}-${era}`, expires: "1h" })).data;
  expect(credential?.token).toMatch(/^flyt_/);
  const ids = [token?.id];
  const { confirmation, plan } = (await call("revoke_token", { ids })).data.confirmation_required ?? {};
  expect(plan?.join()).toContain(`${way}-${era}`);
  const { data } = await call("revoke_token", { ids, confirmation });
  expect(data.outcomes).toMatchObject([{ id: token?.id, outcome: "revoked" }]);
});

test.each([
  ["no", []],
  ["a wrong", ["--header", "Authorization: Bearer not-the-one"]],
])("with %s bearer it is told that it needs one", async (_, header) => {
  const at = ["--transport", "http", "--server-url", url, ...header];
  const { code, stdout, stderr } = await run([...at, "--method", "initialize"]);
  // Its code for whatever has to do with who may come in.
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toContain("auth_required");
});

test.each(["legacy", "modern"] as const)("calls without end are all answered in the %s era", async (era) => {
  const load = ["--load", "--load-requests", "100", "--load-concurrency", "10"];
  const { code, stderr, result } = await inspect(
    "http",
    era,
    "tools/call",
    "--tool-name",
    "list_tokens",
    ...load,
  );
  expect(code, stderr).toBe(0);
  expect(result).toMatchObject({ requests: 100, ok: 100, toolErrors: 0, errors: 0, errorMessages: [] });
  const { p50, p90, p99 } = result.latencyMs as Record<string, number>;
  process.stdout.write(`${era}: ${result.throughput} calls/s; ms: p50 ${p50}, p90 ${p90}, p99 ${p99}\n`);
});
