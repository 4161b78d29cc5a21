import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeEnvironment } from "../../tools/describe-environment.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { pull, push } from "../support/images.ts";
import { openWorld, type ToolResult, type World } from "../support/world.ts";

let clock: Date;
let world: World;
let look: (args?: Record<string, unknown>) => Promise<ToolResult>;

beforeEach(async () => {
  clock = new Date("2026-03-01T10:00:00Z");
  world = await openWorld({ now: () => clock });
  const { call } = await world.connect();
  look = (args) => call("describe_environment", args);
});
afterEach(() => world[Symbol.asyncDispose]());

/** Two tags pushed, three pulls with production's token: 1.0, 2.0, and 1.0 again; then 3.0 is pushed. */
async function history() {
  const { registry } = world;
  await registry.call("POST", "/environments", { name: "production", description: "What customers see" });
  await registry.call("POST", "/environments", { name: "staging" });
  const writer = await registry.mint();
  const { token, value } = await registry.mint({ environment: "production", permission: "read_only" });
  const later = () => {
    clock = new Date(clock.getTime() + 60_000);
    return clock.toISOString();
  };
  const digests = {
    one: await push(registry, writer.value, "docker/app", "1.0"),
    two: await push(registry, writer.value, "docker/app", "2.0"),
  };
  const pulled = [];
  for (const [tag, digest] of [
    ["1.0", digests.one],
    ["2.0", digests.two],
    ["1.0", digests.one],
  ] as const) {
    const at = later();
    await pull(registry, value, "docker/app", tag);
    pulled.unshift({ image: "docker/app", tag, digest, at, token_id: token.id });
  }
  const three = await push(registry, writer.value, "docker/app", "3.0");
  return { digests: { ...digests, three }, pulled };
}

describe("an environment by its name", () => {
  it("shows what runs, how far that is behind, and what was deployed, newest first", async () => {
    const { digests, pulled } = await history();
    const result = await look({ name: "production" });
    expect(answerOf(describeEnvironment, result).environments).toEqual([
      {
        name: "production",
        description: "What customers see",
        tokens: 1,
        running: [{ image: "docker/app", tag: "1.0", digest: digests.one, since: pulled[0]?.at }],
        drift: [{ image: "docker/app", running: digests.one, latest: digests.three, behind: 2 }],
        history: pulled,
      },
    ]);
    expectSameFacts(result);
    expect(result.text).toContain("2 pushes behind");
  });

  it("is up to date once the newest was pulled", async () => {
    const { digests } = await history();
    const { value } = await world.registry.mint({ environment: "production" });
    await pull(world.registry, value, "docker/app", "3.0");
    const result = await look({ name: "production" });
    expect(answerOf(describeEnvironment, result).environments[0]?.drift).toEqual([
      { image: "docker/app", running: digests.three, latest: digests.three, behind: 0 },
    ]);
    expect(result.text).toContain("up to date");
    expect(result.text).not.toContain("behind");
  });

  it("gives its history page by page", async () => {
    const { pulled } = await history();
    const seen = [];
    let cursor: string | undefined;
    do {
      const result = await look({ name: "production", limit: 2, ...(cursor && { cursor }) });
      const [environment] = answerOf(describeEnvironment, result).environments;
      seen.push(environment?.history);
      cursor = environment?.next_cursor;
      expectSameFacts(result);
    } while (cursor);
    expect(seen).toEqual([pulled.slice(0, 2), pulled.slice(2)]);
  });
});

describe("without a name", () => {
  it("shows every environment without its history", async () => {
    const { digests } = await history();
    const result = await look();
    expect(answerOf(describeEnvironment, result).environments).toEqual([
      expect.objectContaining({
        name: "production",
        running: [expect.objectContaining({ digest: digests.one })],
      }),
      { name: "staging", description: "", tokens: 0, running: [], drift: [] },
    ]);
    expect(result.data).not.toHaveProperty("environments.0.history");
    expectSameFacts(result);
  });

  it("says so when there is none", async () => {
    const result = await look();
    expect(answerOf(describeEnvironment, result)).toEqual({ environments: [] });
    expect(result.text).toContain("create_environment");
  });
});

describe("refuses", () => {
  it("a name that is unknown", async () => {
    expectRefusal(await look({ name: "moon" }), "not_found", /describe_environment/);
  });

  it.each<[Record<string, unknown>, object]>([
    [{ environment: "production" }, { allowed: ["name", "limit", "cursor", "provider"] }],
    [{ nmae: "production" }, { did_you_mean: "name" }],
    [{ name: "production", limit: 0 }, {}],
    [{ name: "production", cursor: "x" }, {}],
  ])("%j", async (args, details) => {
    await world.registry.call("POST", "/environments", { name: "production" });
    const result = await look(args);
    expectRefusal(result, "invalid_input");
    expect(result.error).toMatchObject(details);
  });

  it("when the registry is gone", async () => {
    await world.registry.close();
    expectRefusal(await look(), "provider_down");
  });
});
