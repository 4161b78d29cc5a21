import { afterEach, beforeEach, expect, it } from "vitest";
import { createEnvironment } from "../../tools/create-environment.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { openWorld, type ToolResult, type World } from "../support/world.ts";

let world: World;
let create: (args: Record<string, unknown>) => Promise<ToolResult>;

beforeEach(async () => {
  world = await openWorld({ now: () => new Date("2026-03-01T10:00:00Z") });
  const { call } = await world.connect();
  create = (args) => call("create_environment", args);
});
afterEach(() => world[Symbol.asyncDispose]());

const environments = async () => (await world.registry.call("GET", "/environments")).json();

it("creates an environment, and says how to get a token for it", async () => {
  const result = await create({ name: "production", description: "What customers see" });
  const { environment } = answerOf(createEnvironment, result);
  expect(environment).toEqual({
    name: "production",
    description: "What customers see",
    created_by: "admin",
    created_at: "2026-03-01T10:00:00.000Z",
    tokens: 0,
  });
  expectSameFacts(result, "description", "created_by", "created_at", "tokens");
  expect(result.text).toContain("generate_token");
  expect(await environments()).toEqual({ environments: [environment] });
});

it("needs no description", async () => {
  expect(answerOf(createEnvironment, await create({ name: "qa-2" })).environment.description).toBe("");
});

it("refuses a name that is taken, and leaves that environment as it is", async () => {
  await create({ name: "production", description: "first" });
  expectRefusal(await create({ name: "production", description: "second" }), "conflict", /production/);
  expect(await environments()).toMatchObject({ environments: [{ description: "first" }] });
});

it.each([
  [{ name: "Production" }, {}],
  [{ name: "a b" }, {}],
  [{ name: "" }, {}],
  [{ name: "-".repeat(64) }, {}],
  [{ name: "qa", description: "d".repeat(501) }, {}],
  [{ name: "qa", descripton: "typo" }, { did_you_mean: "description" }],
  [{}, {}],
])("refuses %j", async (args, details) => {
  const result = await create(args);
  expectRefusal(result, "invalid_input");
  expect(result.error).toMatchObject(details);
  expect(await environments()).toEqual({ environments: [] });
});

it("refuses when the registry is gone", async () => {
  await world.registry.close();
  expectRefusal(await create({ name: "qa" }), "provider_down");
});
