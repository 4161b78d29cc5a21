/** What the operator lets an agent see and do, whatever the agent tries. */
import { describe, expect, it } from "vitest";
import { tools } from "../../tools/index.generated.ts";
import { type ClientOptions, openWorld } from "../support/world.ts";

const eras: ClientOptions["era"][] = ["legacy", "modern"];
const all = tools.map(({ name }) => name);

describe.each(eras)("for a client of the %s era", (era) => {
  it.each([
    ["everything, unless told otherwise", {}, all],
    [
      "what changes nothing, in a read-only server",
      { FLY_TOKENS_READ_ONLY: "true" },
      [
        "check_package_manager",
        "describe_environment",
        "find_leaks",
        "get_status",
        "get_token",
        "list_tokens",
      ],
    ],
    ["what was named", { FLY_TOKENS_TOOLS: "get_status, revoke_token" }, ["get_status", "revoke_token"]],
    [
      "of what was named only what changes nothing, in a read-only server",
      { FLY_TOKENS_TOOLS: "get_status,revoke_token", FLY_TOKENS_READ_ONLY: "1" },
      ["get_status"],
    ],
  ])("offers %s, and refuses the rest", async (_what, env, expected) => {
    await using world = await openWorld({ env });
    const { token } = await world.registry.mint();
    const { client, call } = await world.connect({ era });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(expected);
    for (const name of all.filter((one) => !expected.includes(one)))
      await expect(call(name, { ids: [token.id], name: "x", manager: "npm" })).rejects.toThrow(/not found/);
    const { tokens } = (await (await world.registry.call("GET", "/tokens")).json()) as { tokens: object[] };
    expect(tokens).toEqual([expect.objectContaining({ id: token.id, status: "active" })]);
    expect((await call("get_status")).isError).toBeUndefined();
  });

  it("refuses a tool that there is not", async () => {
    await using world = await openWorld();
    const { call } = await world.connect({ era });
    await expect(call("drop_tokens")).rejects.toThrow(/drop_tokens not found/);
  });

  it("says how it is to be used, and advertises a schema for every result", async () => {
    await using world = await openWorld();
    const { client } = await world.connect({ era });
    expect(client.getInstructions()).toMatch(/get_status.*configure_package_manager.*shown once/s);
    for (const tool of (await client.listTools()).tools) expect(tool.outputSchema, tool.name).toBeDefined();
  });
});
