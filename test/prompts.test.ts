/** What a prompt tells an agent to do exists: the tools that it names, their arguments and values, and what they answer. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { prompts } from "../prompts/index.generated.ts";
import type { Tool } from "../src/tool.ts";
import { tools } from "../tools/index.generated.ts";

/** Every name and every listed value in a schema, at any depth. */
function wordsIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(wordsIn);
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, enum: values = [] } = schema as { properties?: object; enum?: unknown[] };
  return [...Object.keys(properties), ...values.map(String), ...Object.values(schema).flatMap(wordsIn)];
}

const inputOf = ({ input, effect }: Tool) => [
  ...wordsIn(z.toJSONSchema(input, { io: "input" })),
  ...(effect === "destroy" ? ["confirmation"] : []),
];
const outputOf = ({ output, effect }: Tool) => [
  ...wordsIn(z.toJSONSchema(output)),
  ...(effect === "destroy" ? ["confirmation_required"] : []),
];
const named = (text: string) => tools.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text));

/** Words in snake case that no tool which the text names knows. */
function strangers(text: string): string[] {
  const known = named(text).flatMap((tool) => [tool.name, ...inputOf(tool), ...outputOf(tool)]);
  return [...text.matchAll(/(?<!["/\w])[a-z]+(?:_[a-z]+)+\b/g)]
    .map(([word]) => word)
    .filter((word) => !known.includes(word));
}

/** Words with a value behind them, in the clause of a tool that has no such argument. */
function strangeArguments(text: string): string[] {
  const names = tools.map(({ name }) => name).join("|");
  return [
    ...text.matchAll(new RegExp(`\\b(${names})\\b((?:(?!\\b(?:${names})\\b|\\n)[\\s\\S])*)`, "g")),
  ].flatMap(([, name = "", clause = ""]) => {
    const tool = tools.find((one) => one.name === name);
    const known = tool ? inputOf(tool) : [];
    const given = clause.matchAll(
      /\b([a-z][a-z_]*):? (?:"[^"]|\{|\[|true\b|false\b|read_only\b|read_write\b)/g,
    );
    return [...given]
      .map(([, word = ""]) => word)
      .filter((word) => !known.includes(word))
      .map((word) => `${name}: ${word}`);
  });
}

/** With nothing that need not be given, and with everything. */
const texts = prompts.flatMap(({ name, args, render }) => {
  const shape = Object.entries(args.shape as Record<string, z.ZodType>);
  const all = Object.fromEntries(shape.map(([arg]) => [arg, `some-${arg}`]));
  const required = Object.fromEntries(
    Object.entries(all).filter(([arg]) => !args.shape[arg]?.isOptional?.()),
  );
  return [required, all].map((given) => ({ name, given, text: render(args.parse(given)) }));
});

describe.each(texts)("the prompt $name with $given", ({ text }) => {
  it("names tools", () => expect(named(text).length).toBeGreaterThan(1));
  it("names nothing that its tools do not know", () => expect(strangers(text)).toEqual([]));
  it("gives each tool arguments that it has", () => expect(strangeArguments(text)).toEqual([]));
  it("is short", () => expect(text.length).toBeLessThan(3000));
});

it("a name that does not exist is noticed", () => {
  const text =
    'Call list_tokens with created_buy "bob", then revoke_tokens, then revoke_token with filter {made_by: "bob"}.';
  expect(strangers(text)).toEqual(["created_buy", "revoke_tokens", "made_by"]);
  expect(strangeArguments(text)).toEqual(["list_tokens: created_buy", "revoke_token: made_by"]);
  expect(strangeArguments('Call list_tokens with folder "x"')).toEqual(["list_tokens: folder"]);
});
