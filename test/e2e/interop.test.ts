/** Other people's clients: each of them sees every tool, and can make sense of whatever it answers. */

import { join } from "node:path";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { describe, expect, test } from "vitest";
import { tools } from "../../tools/index.generated.ts";
import { type AgentOptions, agentOn, type CallTool, resultOf } from "./agent.ts";
import { tellEveryTool } from "./every-tool.ts";
import { bundle, type Machine, openMachine } from "./machine.ts";

const names = tools.map(({ name }) => name).sort();

/** Checks each success against the schema that was advertised for it. */
function validating(call: CallTool, listed: readonly { name: string; outputSchema?: unknown }[]): CallTool {
  const validators = new AjvJsonSchemaValidator();
  return async (name, args) => {
    const result = await call(name, args);
    const schema = listed.find((tool) => tool.name === name)?.outputSchema;
    if (!result.isError)
      expect(validators.getValidator(schema as object)(result.data), name).toMatchObject({ valid: true });
    return result;
  };
}

/** What the form asks for: the token's name, which the plan quotes. */
const agrees = (message: string) => /(?:Rotate|Revoke|Delete) (\S+) \(/.exec(message)?.[1] ?? "";

describe("a client over stdio", () => {
  const kinds: [string, AgentOptions, string][] = [
    ["the first SDK without forms", { kind: "first" }, "legacy"],
    ["the first SDK with forms", { kind: "first", types: agrees }, "legacy"],
    ["the second SDK in the legacy era", { kind: "legacy" }, "legacy"],
    ["the second SDK in the modern era", { kind: "modern" }, "modern"],
    ["the second SDK in the modern era with forms", { kind: "modern", types: agrees }, "modern"],
  ];
  test.each(kinds)(
    "%s finds every tool, and each succeeds and refuses as advertised",
    async (_, options, era) => {
      await using machine = await openMachine();
      await using agent = await agentOn(machine, options);
      expect(agent.era).toBe(era);
      const listed = await agent.tools();
      expect(listed.map(({ name }) => name).sort()).toEqual(names);
      const { succeeded, refused } = await tellEveryTool(validating(agent.call, listed));
      expect([...succeeded].sort()).toEqual(names);
      expect([...refused].sort()).toEqual(names);
      expect(agent.complaints).toEqual([]);
    },
  );
});

describe("MCP Inspector", () => {
  const inspector = join(import.meta.dirname, "programs/node_modules/.bin/mcp-inspector");
  const inspect = (machine: Machine, args: readonly string[]) => {
    // It hands no variable on but those that it is given.
    const settings = Object.entries(machine.env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const command = ["--cli", "-q", "--format", "json", ...settings, ...args, "--", process.execPath, bundle];
    return machine.run(inspector, command);
  };
  const list = async (machine: Machine, ...args: string[]) => {
    const { code, stdout, stderr } = await inspect(machine, ["--method", "tools/list", ...args]);
    expect(code, stderr).toBe(0);
    const { result } = JSON.parse(stdout) as { result: { tools: { name: string; outputSchema: object }[] } };
    return { tools: result.tools, stderr };
  };

  test.each(["legacy", "modern"])(
    "lists every tool in the %s era and finds no fault with a schema",
    async (era) => {
      await using machine = await openMachine();
      const { tools: listed, stderr } = await list(machine, "--strict", "--protocol-era", era);
      expect(listed.map(({ name }) => name).sort()).toEqual(names);
      expect(stderr).not.toMatch(/[1-9]\d* errors?/);
    },
  );

  // Each call starts the Inspector anew.
  test("calls every tool, which succeeds and refuses as advertised", { timeout: 300_000 }, async () => {
    await using machine = await openMachine();
    await machine.registry();
    const call: CallTool = async (name, args = {}) => {
      const wanted = [
        "--method",
        "tools/call",
        "--tool-name",
        name,
        "--tool-args-json",
        JSON.stringify(args),
      ];
      const { code, stdout, stderr } = await inspect(machine, wanted);
      const result = resultOf((JSON.parse(stdout) as { result: unknown }).result);
      expect(code, stderr).toBe(result.isError ? 5 : 0);
      return result;
    };
    const { succeeded, refused } = await tellEveryTool(validating(call, (await list(machine)).tools));
    expect([...succeeded].sort()).toEqual(names);
    expect([...refused].sort()).toEqual(names);
  });
});
