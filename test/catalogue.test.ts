/** Rules about the tools and prompts, over the lists: what an agent is shown. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { prompts } from "../prompts/index.generated.ts";
import { instructions } from "../src/mcp/server.ts";
import { tools } from "../tools/index.generated.ts";
import { tempHome } from "./support/home.ts";
import { openWorld, type World } from "./support/world.ts";

const root = resolve(import.meta.dirname, "..");
const fileNames = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => !name.includes("generated"))
    .map((name) => name.replace(/\.ts$/, ""))
    .sort();

let world: World;
let listed: Record<string, unknown>[];
beforeAll(async () => {
  world = await openWorld();
  const { client } = await world.connect({ era: "modern" });
  listed = (await client.listTools()).tools;
});
afterAll(() => world[Symbol.asyncDispose]());

describe("tools", () => {
  it("are at most 15, one a file, named alike", () => {
    expect(tools.length).toBeLessThanOrEqual(15);
    expect(tools.map(({ name }) => name.replaceAll("_", "-")).sort()).toEqual(fileNames("tools"));
  });

  it("have a title, a description of at most 600 characters, and a schema with an object at its root on both sides", () => {
    for (const { name, title, description, inputSchema, outputSchema } of listed as {
      name: string;
      title?: string;
      description?: string;
      inputSchema?: { type?: string };
      outputSchema?: { type?: string };
    }[]) {
      expect(title, name).toBeTruthy();
      expect(description?.length, name).toBeLessThanOrEqual(600);
      expect(inputSchema?.type, name).toBe("object");
      expect(outputSchema?.type, name).toBe("object");
    }
  });

  it("say all four hints, and none that contradict", () => {
    for (const { name, annotations } of listed as { name: string; annotations?: Record<string, boolean> }[]) {
      expect(Object.keys(annotations ?? {}).sort(), name).toEqual([
        "destructiveHint",
        "idempotentHint",
        "openWorldHint",
        "readOnlyHint",
      ]);
      expect(annotations?.readOnlyHint && annotations.destructiveHint, name).toBe(false);
    }
  });

  it("take no secret as an argument", () => {
    const names = listed.flatMap(({ inputSchema }) =>
      Object.keys((inputSchema as { properties: object }).properties),
    );
    const suspicious = names.filter((name) => /token$|secret$|password|credential|key$/.test(name));
    expect([...new Set(suspicious)]).toEqual(["idempotency_key"]);
  });

  it("name every argument and result in snake case", () => {
    const names = JSON.stringify(listed).match(/"properties":\{[^{}]*?"([^"]+)":/g) ?? [];
    expect(names.filter((name) => /"[a-z]+[A-Z]/.test(name.replace('"properties"', "")))).toEqual([]);
  });

  it("fit into 14 kB together", () =>
    expect(JSON.stringify({ tools: listed }).length).toBeLessThanOrEqual(14_000));

  it("fit into it with Fly.io's arguments, which only a user of Fly.io is offered", async () => {
    await using other = await openWorld({ env: { FLY_API_TOKEN: "fo1_a-token-of-nobody" } });
    const { client } = await other.connect({ era: "modern" });
    const { tools: more } = await client.listTools();
    expect(JSON.stringify({ tools: more }).length).toBeLessThanOrEqual(14_000);
    expect(JSON.stringify(listed)).not.toContain("machine-exec");
    expect(JSON.stringify(more)).toContain("machine-exec");
  });

  it("fit into it where the operator protects an environment, too, so that a person may be asked more", async () => {
    await using home = await tempHome();
    const rules = { environments: { production: { protected: true } } };
    const FLY_TOKENS_POLICY = await home.write("policy.json", JSON.stringify(rules));
    await using other = await openWorld({
      env: { FLY_API_TOKEN: "fo1_a-token-of-nobody", FLY_TOKENS_POLICY },
    });
    const { client } = await other.connect({ era: "modern" });
    const { tools: more } = await client.listTools();
    expect(JSON.stringify({ tools: more }).length).toBeLessThanOrEqual(14_000);
    expect(JSON.stringify(more)).toContain('"reason"');
    expect(JSON.stringify(listed)).not.toContain('"reason"');
  });

  it("take a provider where there is more than one, and no arguments of one that is not in use", async () => {
    await using other = await openWorld({
      env: { JFROG_URL: "http://127.0.0.1:9", JFROG_ACCESS_TOKEN: "a-token-of-nobody" },
    });
    const { client } = await other.connect({ era: "modern" });
    const { tools: more } = await client.listTools();
    const arguments_ = (list: readonly { inputSchema?: unknown }[]) =>
      list.flatMap(({ inputSchema }) => Object.keys((inputSchema as { properties: object }).properties));
    expect(arguments_(more)).toContain("provider");
    expect(arguments_(more)).not.toContain("flyio");
    expect(arguments_(listed)).not.toContain("provider");
  });

  it("understand more than they advertise, and close nothing to it", () => {
    for (const { name, quiet = [], input } of tools) {
      const { inputSchema } = listed.find((one) => one.name === name) as { inputSchema: object };
      expect(JSON.stringify(inputSchema), name).not.toContain("additionalProperties");
      for (const path of quiet) {
        const keys = path.split(".").flatMap((key) => ["properties", key]);
        const at = (schema: unknown) => keys.reduce((part, key) => Object(part)[key], schema);
        expect(at(z.toJSONSchema(input, { io: "input" })), `${name}: ${path}`).toBeDefined();
        expect(at(inputSchema), `${name}: ${path}`).toBeUndefined();
      }
    }
  });

  it("come in the same order every time", () =>
    expect(listed.map(({ name }) => name)).toEqual(tools.map(({ name }) => name)));
  it("are asked about when they destroy", () =>
    expect(tools.filter(({ effect, plan }) => effect === "destroy" && plan === undefined)).toEqual([]));

  it("are what has been committed (test/snapshots), so that a change of what agents see is seen", async () => {
    for (const tool of listed)
      await expect(`${JSON.stringify(tool, null, 2)}\n`).toMatchFileSnapshot(
        join(root, "test/snapshots", `${tool.name}.json`),
      );
  });
});

describe("prompts", () => {
  it("are one a file, named alike", () =>
    expect(prompts.map(({ name }) => name).sort()).toEqual(fileNames("prompts")));

  it("render with and without their optional arguments, and quote what they are given", async () => {
    const { client } = await world.connect();
    const { prompts: list } = await client.listPrompts();
    for (const { name, arguments: args = [] } of list) {
      const required = Object.fromEntries(
        args.filter(({ required: must }) => must).map(({ name: arg }) => [arg, 'a"b']),
      );
      const all = Object.fromEntries(args.map(({ name: arg }) => [arg, 'a"b']));
      for (const given of [required, all]) {
        const { messages } = await client.getPrompt({ name, arguments: given });
        const content = messages[0]?.content;
        const text = content?.type === "text" ? content.text : "";
        expect(text.length).toBeGreaterThan(200);
        expect(text).not.toContain("undefined");
        if (Object.keys(given).length > 0) expect(text).toContain('a\\"b');
      }
    }
  });
});

it("the instructions stay below the 2 KB that clients keep", () =>
  expect(instructions.length).toBeLessThanOrEqual(2048));

it("the bundle's manifest lists the same tools and prompts", () => {
  const manifest = JSON.parse(readFileSync(join(root, "manifest.json"), "utf8")) as Record<
    "tools" | "prompts",
    { name: string }[]
  >;
  expect(manifest.tools.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
  expect(manifest.prompts.map(({ name }) => name)).toEqual(prompts.map(({ name }) => name));
});
