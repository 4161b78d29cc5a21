import { describe, expect, it } from "vitest";
import { argumentIn } from "../../src/mcp/argument.ts";

describe("the argument that a refusal is about", () => {
  it.each([
    ["is the one whose value is quoted", 'There is no provider "locl".', { provider: "locl" }, "provider"],
    [
      "is found in parts",
      'There is no environment "qa".',
      { filter: { environment: "qa" } },
      "filter.environment",
    ],
    [
      "is the one that begins the sentence",
      "npm_scope means nothing to pip.",
      { manager: "pip", npm_scope: "@a" },
      "npm_scope",
    ],
    ["is the one in backticks", "`cursor` is not of this order.", { cursor: "x", limit: 5 }, "cursor"],
    [
      "is nothing where two have the value",
      'There is no "qa".',
      { name: "qa", environment: "qa" },
      undefined,
    ],
    ["is nothing where no value is quoted", "There is no such token.", { id: "tok_1" }, undefined],
    ["is not guessed from a part of a value", 'There is no "qa-1".', { name: "qa" }, undefined],
    ["is nothing for an empty value", 'It is "".', { name: "" }, undefined],
    ["is nothing of a name that is none", '"a" is wrong.', { "a.b c": "a" }, undefined],
    ["is nothing without arguments", "Which?", undefined, undefined],
    ["takes no pattern from a name", "`axb` is wrong.", { "a.b": 1 }, undefined],
  ])("%s", (_what, sentence, given, argument) => expect(argumentIn(sentence, given)).toBe(argument));
});
