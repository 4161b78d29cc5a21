/** What a refusal carries is enough to mend the call, or to know that a person is needed. */
import { describe, expect, it } from "vitest";
import { problemCodes } from "../../src/problem.ts";
import { repair } from "./scripted-agent.ts";
import { play } from "./stage.ts";
import { wrongCalls } from "./wrong-calls.ts";

describe("a wrong call is mended, or ends with the person, within four tries", () => {
  it.each(wrongCalls.map((call) => [call.what, call] as const))("%s", async (_what, call) => {
    const { isRight, end, said, calls } = await play(call);
    expect({ isRight, end }, `${said}\n${JSON.stringify(calls)}`).toEqual({ isRight: true, end: call.ends });
    expect(calls.length).toBeLessThanOrEqual(4);
    for (const { code } of calls) if (code !== undefined) expect(Object.keys(problemCodes)).toContain(code);
  });
});

it("gives up where a call stays wrong, rather than make it again", async () => {
  const refusal = {
    code: "invalid_input",
    message: "No.",
    fix: "Call again.",
    argument: "x",
    did_you_mean: "b",
  };
  const client = {
    listTools: async () => ({
      tools: [{ name: "t", inputSchema: { properties: { x: { type: "string" } } } }],
    }),
    callTool: async () => ({ isError: true, content: [{ text: JSON.stringify({ error: refusal }) }] }),
  };
  const outcome = await repair(client as never, "t", { x: "a" }, {}, { agrees: true, wait: () => {} });
  expect(outcome.end).toBe("gave up");
  expect(outcome.calls).toHaveLength(2);
});

it("does not agree in a person's place", async () => {
  const call = { what: "", tool: "revoke_token", args: { ids: ["$id"] }, ends: "person" } as const;
  const { end, calls } = await play(call);
  expect(end).toBe("person");
  expect(calls).toHaveLength(1);
});
