/** What a client of either era can list and read, and what it is told where there is nothing. */
import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { packageManagers } from "../../src/package-managers/index.generated.ts";
import { freePort } from "../support/free-port.ts";
import { type ClientOptions, openWorld } from "../support/world.ts";

const eras: ClientOptions["era"][] = ["legacy", "modern"];

const textOf = ({ contents }: { contents: unknown[] }) => (contents[0] as { text: string }).text;
const dataOf = (result: { contents: unknown[] }) => JSON.parse(textOf(result)) as Record<string, never>;

describe.each(eras)("for a client of the %s era", (era) => {
  it("declares resources and completions, and that neither list will change by itself", async () => {
    await using world = await openWorld();
    const { client } = await world.connect({ era });
    expect(client.getServerCapabilities()).toMatchObject({
      completions: {},
      resources: { listChanged: false },
    });
    expect(client.getServerCapabilities()?.resources).not.toHaveProperty("subscribe");
  });

  it("lists what there is: the inventory, each environment, each package manager's guide", async () => {
    await using world = await openWorld();
    for (const name of ["production", "staging"])
      await world.registry.call("POST", "/environments", { name, description: `for ${name}` });
    const { client } = await world.connect({ era });
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      "fly-tokens://tokens",
      "fly-tokens://environments/production",
      "fly-tokens://environments/staging",
      ...packageManagers.map(({ id }) => `fly-tokens://package-managers/${id}/guide`),
    ]);
    for (const { uri, title, description, mimeType, annotations } of resources) {
      expect(title, uri).toBeTruthy();
      expect(description, uri).toBeTruthy();
      expect(mimeType, uri).toMatch(/^application\/json$|^text\/markdown$/);
      expect(annotations?.audience, uri).toEqual(["user", "assistant"]);
      expect(annotations?.priority, uri).toBeGreaterThan(0);
    }
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      "fly-tokens://environments/{name}",
      "fly-tokens://package-managers/{id}/guide",
    ]);
  });

  it("reads every one that it lists", async () => {
    await using world = await openWorld();
    await world.registry.call("POST", "/environments", { name: "production" });
    const { client } = await world.connect({ era });
    const { resources } = await client.listResources();
    for (const { uri, mimeType } of resources) {
      const { contents } = await client.readResource({ uri });
      expect(contents).toEqual([{ uri, mimeType, text: expect.stringMatching(/\S{3}/) }]);
    }
    expect(world.faults).toEqual([]);
  });

  it("says what a resource is worth, and for how long", async () => {
    await using world = await openWorld();
    const { client } = await world.connect({ era });
    const before = world.frames.length;
    await client.readResource({ uri: "fly-tokens://tokens" });
    await client.readResource({ uri: "fly-tokens://package-managers/npm/guide" });
    const hints = world.frames.slice(before).map((frame) => {
      const { ttlMs, cacheScope } = (JSON.parse(frame) as { result: Record<string, unknown> }).result;
      return [ttlMs, cacheScope];
    });
    expect(hints).toEqual(
      era === "modern"
        ? [
            [0, "private"],
            [300_000, "private"],
          ]
        : [
            [undefined, undefined],
            [undefined, undefined],
          ],
    );
  });

  it.each([
    "fly-tokens://environments/moon",
    "fly-tokens://environments/%E0%A4%A",
    "fly-tokens://environments/..%2F..%2Ftokens",
    "fly-tokens://package-managers/brew/guide",
    "fly-tokens://package-managers/__proto__/guide",
    "fly-tokens://secrets",
    "file:///etc/passwd",
  ])("there is no %s", async (uri) => {
    await using world = await openWorld();
    const { client } = await world.connect({ era });
    const before = world.frames.length;
    await expect(client.readResource({ uri })).rejects.toThrow(/not found/i);
    const { error } = JSON.parse(world.frames.at(before) ?? "{}") as {
      error: { code: number; data: unknown };
    };
    expect(error).toMatchObject({ code: -32602, data: { uri } });
    expect(world.faults).toEqual([]);
  });

  it("keeps to what the operator offers: no tool, no resource that says the same", async () => {
    await using world = await openWorld({ env: { FLY_TOKENS_TOOLS: "get_status" } });
    await world.registry.call("POST", "/environments", { name: "production" });
    const { client } = await world.connect({ era });
    const { resources } = await client.listResources();
    expect(resources.filter(({ uri }) => !uri.endsWith("/guide"))).toEqual([]);
    for (const uri of ["fly-tokens://tokens", "fly-tokens://environments/production"])
      await expect(client.readResource({ uri })).rejects.toThrow(/not found/i);
    expect((await client.listPrompts()).prompts).toEqual([]);
  });

  it("is not logged as a call: reading changes nothing, and writes nothing", async () => {
    await using world = await openWorld();
    await world.registry.mint({ name: "ci" });
    const { client } = await world.connect({ era });
    expect(dataOf(await client.readResource({ uri: "fly-tokens://tokens" }))).toMatchObject({
      issuers: [{ provider: "local", tokens: [{ name: "ci", status: "active" }] }],
    });
    expect(await world.context.disk.journal()).toEqual([]);
    expect(await readdir(world.home)).toEqual([]);
  });

  it("an issuer that cannot be asked is an error with its fix, and hides no guide", async () => {
    await using world = await openWorld({
      env: {
        FLY_TOKENS_LOCAL_URL: `http://127.0.0.1:${await freePort()}`,
        FLY_TOKENS_LOCAL_KEY: "a-key-of-another-registry",
      },
    });
    const { client } = await world.connect({ era });
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      "fly-tokens://tokens",
      ...packageManagers.map(({ id }) => `fly-tokens://package-managers/${id}/guide`),
    ]);
    for (const uri of ["fly-tokens://tokens", "fly-tokens://environments/production"])
      await expect(client.readResource({ uri })).rejects.toThrow(/Nothing answers at .*Start the registry/);
  });

  it("a fault of ours says nothing, and is reported", async () => {
    await using world = await openWorld({
      fetch: (real) => async (input, init) => {
        const { pathname } = new URL(typeof input === "object" && "url" in input ? input.url : input);
        const response = await real(input, init);
        return pathname.endsWith("/tokens") ? Response.json({ tokens: [{ id: 1 }] }) : response;
      },
    });
    const { client } = await world.connect({ era });
    await expect(client.readResource({ uri: "fly-tokens://tokens" })).rejects.toThrow(
      /Something went wrong inside fly-tokens/,
    );
    expect(world.faults).toHaveLength(1);
  });
});

describe("listing resources", () => {
  it("starts no registry, and writes nothing", async () => {
    await using world = await openWorld({
      env: { FLY_TOKENS_LOCAL_URL: `http://127.0.0.1:${await freePort()}`, FLY_TOKENS_LOCAL_KEY: "" },
    });
    const { client } = await world.connect({ era: "modern" });
    expect((await client.listResources()).resources).toHaveLength(1 + packageManagers.length);
    expect(await readdir(world.home)).toEqual([]);
  });
});
