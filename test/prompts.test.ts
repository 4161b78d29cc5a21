/**
 * What a prompt tells an agent to do can be done: the tools that it names exist, with these arguments, which take these
 * values, and answer what it says. An agent that follows it to the letter is not sent back.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { prompts } from "../prompts/index.generated.ts";
import { resources } from "../src/resources/index.generated.ts";
import type { Tool } from "../src/tool.ts";
import { tools } from "../tools/index.generated.ts";
import { openWorld } from "./support/world.ts";

/** Every name and every listed value in a schema, at any depth. */
function wordsIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(wordsIn);
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, enum: values = [] } = schema as { properties?: object; enum?: unknown[] };
  return [...Object.keys(properties), ...values.map(String), ...Object.values(schema).flatMap(wordsIn)];
}

const inputOf = ({ input, plan }: Tool) => [
  ...wordsIn(z.toJSONSchema(input, { io: "input" })),
  ...(plan ? ["confirmation"] : []),
];
const outputOf = ({ output, plan }: Tool) => [
  ...wordsIn(z.toJSONSchema(output)),
  ...(plan ? ["confirmation_required"] : []),
];
const named = (text: string) => tools.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text));

/** Words in snake case that no tool which the text names knows. */
function strangers(text: string): string[] {
  const known = named(text).flatMap((tool) => [tool.name, ...inputOf(tool), ...outputOf(tool)]);
  return [...text.matchAll(/(?<!["/\w])[a-z]+(?:_[a-z]+)+\b/g)]
    .map(([word]) => word)
    .filter((word) => !known.includes(word));
}

interface Call {
  name: string;
  args: Record<string, unknown>;
}

/** The calls of a text: each tool with the arguments that have a value, up to the next tool or the end of the sentence. */
function callsIn(text: string): Call[] {
  const names = tools.map(({ name }) => name).join("|");
  const clauses = text.matchAll(
    new RegExp(`\\b(${names})\\b((?:(?!\\b(?:${names})\\b|\\n|\\. )[\\s\\S])*)`, "g"),
  );
  return [...clauses].map(([, name = "", clause = ""]) => {
    const given = clause.matchAll(
      /\b([a-z][a-z_]*) ("(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^\]]*\]|true\b|false\b)/g,
    );
    return {
      name,
      args: Object.fromEntries([...given].map(([, word = "", value = ""]) => [word, givenBy(value)])),
    };
  });
}

/** `{app, kind: "deploy"}` as JSON; a member without a value has some. */
function givenBy(source: string): unknown {
  const json = source
    .replace(/([{,]\s*)(\w+)(?=\s*[,}])/g, '$1"$2": "some"')
    .replace(/([{,]\s*)(\w+):/g, '$1"$2":')
    .replace(/: …/g, ': "some"');
  return JSON.parse(json);
}

/** What a tool would say to the arguments that are given, whatever else it needs. */
function strangeArguments(text: string): string[] {
  return callsIn(text).flatMap(({ name, args }) => {
    const tool = tools.find((one) => one.name === name);
    const parsed = tool?.input.partial().strict().safeParse(args);
    return (parsed?.error?.issues ?? []).map((issue) =>
      issue.code === "unrecognized_keys"
        ? `${name}: ${[...issue.path, ...issue.keys].join(".")}`
        : `${name}: ${issue.path.join(".")}: ${issue.message}`,
    );
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

describe("every prompt", () => {
  it.each(prompts)("$name names the tools without which it is not offered", ({ needs, args, render }) => {
    const all = Object.fromEntries(Object.keys(args.shape).map((arg) => [arg, `some-${arg}`]));
    const names = named(render(args.parse(all))).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...needs]));
  });
});

it("a name that does not exist is noticed", () => {
  const text =
    'Call list_tokens with created_buy "bob", then revoke_tokens, then revoke_token with filter {made_by: "bob"}.';
  expect(strangers(text)).toEqual(["created_buy", "revoke_tokens", "made_by"]);
  expect(strangeArguments(text)).toEqual(["list_tokens: created_buy", "revoke_token: filter.made_by"]);
  expect(strangeArguments('Call list_tokens with folder "x"')).toEqual(["list_tokens: folder"]);
});

it("a value that its argument does not take is noticed", () => {
  expect(strangeArguments('generate_token with permission "admin"')).toEqual([
    expect.stringContaining("generate_token: permission: "),
  ]);
  expect(strangeArguments('find_leaks with paths "here"')).toEqual([
    expect.stringContaining("find_leaks: paths: "),
  ]);
});

/** By prompt: its arguments, and what each of its calls ends in, in a world in which there is something to do. */
const played: [name: string, args: Record<string, string>, endings: [tool: string, ending: string][]][] = [
  [
    "audit-tokens",
    { folder: "." },
    [
      ["list_tokens", "ok"],
      ["list_tokens", "ok"],
      ["find_leaks", "ok"],
    ],
  ],
  [
    "deployment-token",
    { environment: "production", expires: "7d" },
    [
      ["describe_environment", "not_found"],
      ["create_environment", "ok"],
      ["generate_token", "ok"],
    ],
  ],
  [
    "offboard-person",
    { person: "bob" },
    [
      ["list_tokens", "ok"],
      ["revoke_token", "confirmation_required"],
      ["find_leaks", "ok"],
      ["list_tokens", "ok"],
    ],
  ],
  [
    "rotate-before-expiry",
    { within: "400d" },
    [
      ["list_tokens", "ok"],
      ["rotate_token", "confirmation_required"],
    ],
  ],
  ["rotate-before-expiry", { token: "bob's" }, [["list_tokens", "ok"]]],
  ["set-up-ci", { repository: "acme/shop", permission: "read_write" }, [["generate_token", "unauthorized"]]],
  ["set-up-this-machine", { managers: "npm and pip" }, [["configure_package_manager", "ok"]]],
];

it.each(played)("%s with %o, followed to the letter", async (name, given, endings) => {
  await using world = await openWorld();
  const bob = await world.registry.addUser("bob", "developer");
  await world.registry.mint({ name: "bob's", key: bob });
  const { client, call } = await world.connect({ era: "modern" });
  const used = { name: "used here", expires: "7d", deliver_to: "file", deliver_path: `${world.home}/kept` };
  await call("generate_token", used);
  const { messages } = await client.getPrompt({ name, arguments: { ...given } });
  const { text = "" } = Object(messages[0]?.content) as { text?: string };
  const ended: [string, string][] = [];
  for (const { name: tool, args } of callsIn(text)) {
    if (Object.keys(args).length === 0 || args.deliver_to === "kubernetes") continue;
    const { error, data } = await call(tool, args);
    const isAsked = (data as { confirmation_required?: unknown }).confirmation_required !== undefined;
    ended.push([tool, error.code ?? (isAsked ? "confirmation_required" : "ok")]);
  }
  expect(ended).toEqual(endings);
});

describe("a form that somebody leaves empty", () => {
  it.each(["", "  "])("gives what was not given: %o", async (empty) => {
    await using world = await openWorld();
    const { client } = await world.connect();
    const textOf = async (args: Record<string, string>) =>
      (await client.getPrompt({ name: "rotate-before-expiry", arguments: args })).messages;
    expect(await textOf({ within: empty, environment: empty, token: empty })).toEqual(await textOf({}));
  });

  it("says what it needs", async () => {
    await using world = await openWorld();
    const { client } = await world.connect();
    await expect(client.getPrompt({ name: "offboard-person", arguments: { person: " " } })).rejects.toThrow(
      "The prompt offboard-person needs the argument person.",
    );
  });
});

it("a read-only server offers the prompts that look alone", async () => {
  await using world = await openWorld({ env: { FLY_TOKENS_READ_ONLY: "true" } });
  const { client } = await world.connect();
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(["audit-tokens"]);
});

it("the manual has every prompt with its arguments, and every resource", () => {
  const manual = readFileSync(new URL("../docs/prompts-and-resources.md", import.meta.url), "utf8");
  for (const { name, args } of prompts) {
    const row = manual.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
    const [, , cell = ""] = row?.split("|") ?? [];
    expect(
      [...cell.matchAll(/`([a-z]+)`/g)].map(([, arg]) => arg),
      name,
    ).toEqual(Object.keys(args.shape));
  }
  for (const { uri } of resources) expect(manual).toContain(`| \`${uri}\` |`);
});
