/** The official Inspector's command line, over stdio and HTTP, in every era; and what it measures when it calls many times. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prompts } from "../../prompts/index.generated.ts";
import { tools } from "../../tools/index.generated.ts";
import { resultOf, type ToolData } from "./agent.ts";
import { bundle, type Machine, openMachine } from "./machine.ts";
import { bearer, served } from "./served.ts";

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
  ({ url } = await served(machine));
});
afterAll(() => machine[Symbol.asyncDispose]());

/** How the Inspector finds the server: it hands a program no variable on but those that it is given. */
const ways = {
  stdio: () => ({
    before: Object.entries(machine.env).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    after: ["--", process.execPath, bundle],
  }),
  http: () => ({
    before: ["--transport", "http", "--server-url", url, "--header", `Authorization: Bearer ${bearer}`],
    after: [],
  }),
};
type Way = keyof typeof ways;

async function inspect(way: Way, era: Era, method: string, ...args: string[]): Promise<Said> {
  const { before, after } = ways[way]();
  const asked = ["--protocol-era", era, "--method", method, ...args];
  const command = ["--cli", "-q", "--format", "json", ...before, ...asked, ...after];
  const { code, stdout, stderr } = await machine.run(inspector, command);
  const { result = {} } = stdout ? (JSON.parse(stdout) as { result?: Said["result"] }) : {};
  return { code, stderr, result };
}

const eras = Object.keys(versions) as Era[];
const cases = (["stdio", "http"] as const).flatMap((way) => eras.map((era) => ({ way, era })));

describe.each(cases)("the Inspector over $way, era $era", ({ way, era }) => {
  const see = async (method: string, ...args: string[]) => {
    const { code, stderr, result } = await inspect(way, era, method, ...args);
    expect(code, `${method}: ${stderr}`).toBe(0);
    return result;
  };
  const call = async (name: string, args: Record<string, unknown>): Promise<ToolData> =>
    resultOf(await see("tools/call", "--tool-name", name, "--tool-args-json", JSON.stringify(args))).data;

  test("sees all that there is, and finds no error in a schema", async () => {
    const [about, listed, status, prompted, prompt, resources] = await Promise.all([
      see("initialize"),
      inspect(way, era, "tools/list", "--strict"),
      call("get_status", {}),
      see("prompts/list"),
      see("prompts/get", "--prompt-name", "deployment-token", "--prompt-args", "environment=production"),
      see("resources/list"),
    ]);
    expect(about).toMatchObject({ serverInfo: { name: "fly-tokens" }, protocolVersion: versions[era] });
    const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name).sort();
    expect(listed.code, listed.stderr).toBe(0);
    expect(listed.stderr).not.toMatch(/[1-9]\d* errors?/);
    expect(names(listed.result.tools)).toEqual(names(tools));
    expect(status).toMatchObject({ default_provider: "local" });
    expect(names(prompted.prompts)).toEqual(names(prompts));
    expect(JSON.stringify(prompt.messages)).toContain("production");
    expect(names(resources.resources)).toContain("tokens");
  });

  // Over stdio every tool is called in test/e2e/interop.test.ts.
  if (way === "http" || era === "auto")
    test("mints a token, and revokes it once its plan was seen", async () => {
      const { token, credential } = await call("generate_token", { name: `${way}-${era}`, expires: "1h" });
      expect(credential?.token).toMatch(/^flyt_/);
      const ids = [token?.id];
      const { confirmation, plan } = (await call("revoke_token", { ids })).confirmation_required ?? {};
      expect(plan?.join()).toContain(`${way}-${era}`);
      const { outcomes } = await call("revoke_token", { ids, confirmation });
      expect(outcomes).toMatchObject([{ id: token?.id, outcome: "revoked" }]);
    });
});

test.each([
  ["no", []],
  ["a wrong", ["--header", "Authorization: Bearer not-the-one"]],
])("the Inspector with %s bearer is told that it needs one", async (_, header) => {
  const at = ["--transport", "http", "--server-url", url, ...header];
  const { code, stdout, stderr } = await machine.run(inspector, [
    "--cli",
    "-q",
    ...at,
    "--method",
    "initialize",
  ]);
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
