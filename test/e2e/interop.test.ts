/** Other people's clients: each of them sees every tool, and can make sense of whatever it answers. */
import { describe, expect, test } from "vitest";
import { tools } from "../../tools/index.generated.ts";
import { type AgentOptions, agentOn } from "./agent.ts";
import { tellEveryTool, validating } from "./every-tool.ts";
import { openMachine } from "./machine.ts";

const names = tools.map(({ name }) => name).sort();

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
