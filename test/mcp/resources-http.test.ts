/** Callers on other machines, each with their scopes: what they may be told, and that it is nothing of this machine. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { prompts } from "../../prompts/index.generated.ts";
import { createContext } from "../../src/context.ts";
import { Outgoing } from "../../src/mcp/redact.ts";
import { createMcpServer } from "../../src/mcp/server.ts";
import { resources } from "../../src/resources/index.generated.ts";
import { offers } from "../../tools/offers.generated.ts";
import { type ClientOptions, openWorld, type World } from "../support/world.ts";

/** A client of an HTTP server for others, with a bearer of these scopes; and what its requests were answered with. */
async function connectFromElsewhere(world: World, scopes: string[], era: ClientOptions["era"]) {
  const { config, policy } = world.context;
  const context = createContext(config, world.context, policy, { remote: true });
  const handler = createMcpHandler(() =>
    createMcpServer({
      version: "0.0.0-test",
      tools: offers,
      prompts,
      resources,
      outgoing: new Outgoing(),
      readOnly: false,
      remote: true,
      unadvertised: [],
      context: async () => context,
      report: (error) => world.faults.push(error),
    }),
  );
  const answers: { status: number; challenge: string | null }[] = [];
  const fetch = async (url: string | URL, init?: RequestInit) => {
    const authInfo = { token: "", clientId: "alice", scopes };
    const response = await handler.fetch(new Request(url, init), { authInfo });
    answers.push({ status: response.status, challenge: response.headers.get("www-authenticate") });
    return response;
  };
  const options = era === "modern" ? { versionNegotiation: { mode: "auto" as const } } : {};
  const client = new Client({ name: "test", version: "1" }, options);
  await client.connect(new StreamableHTTPClientTransport(new URL("http://127.0.0.1/mcp"), { fetch }));
  return { client, answers };
}

async function worldWithNames(): Promise<World> {
  const world = await openWorld();
  await world.registry.call("POST", "/environments", { name: "production" });
  await world.registry.mint({ name: "ci" });
  return world;
}

const environments = { type: "ref/prompt", name: "deployment-token" } as const;
const argument = { name: "environment", value: "" };

describe.each<ClientOptions["era"]>(["legacy", "modern"])("a caller of the %s era", (era) => {
  it("who may not read is told no name, and which scope is missing", async () => {
    await using world = await worldWithNames();
    const { client, answers } = await connectFromElsewhere(world, ["tokens:write"], era);
    const { resources: list } = await client.listResources();
    expect(list.filter(({ uri }) => uri.includes("environments"))).toEqual([]);
    expect((await client.complete({ ref: environments, argument })).completion.values).toEqual([]);
    for (const uri of ["fly-tokens://tokens", "fly-tokens://environments/production"]) {
      await expect(client.readResource({ uri })).rejects.toThrow();
      expect(answers.at(-1)).toMatchObject({
        status: 403,
        challenge: expect.stringContaining("tokens:read"),
      });
    }
    const of = { name: "expires", value: "30" };
    expect((await client.complete({ ref: environments, argument: of })).completion.values).toEqual(["30d"]);
    expect(world.faults).toEqual([]);
  });

  it("who may read is told names, and nothing of the machine that tells them", async () => {
    await using world = await worldWithNames();
    const { client } = await connectFromElsewhere(world, ["tokens:read"], era);
    const { resources: list } = await client.listResources();
    expect(list.map(({ uri }) => uri)).toContain("fly-tokens://environments/production");
    expect((await client.complete({ ref: environments, argument })).completion.values).toEqual([
      "production",
    ]);
    const texts: string[] = [];
    for (const { uri } of list) texts.push(JSON.stringify(await client.readResource({ uri })));
    expect(texts.join()).toContain('\\"name\\": \\"ci\\"');
    expect(texts.join()).toContain("~/.npmrc");
    for (const own of [world.home, process.execPath, "/dev/null/elsewhere"])
      expect(texts.join()).not.toContain(own);
    expect(world.faults).toEqual([]);
  });

  it("is offered no prompt that is about this machine", async () => {
    await using world = await worldWithNames();
    const { client } = await connectFromElsewhere(world, ["tokens:read"], era);
    const names = (await client.listPrompts()).prompts.map(({ name }) => name);
    expect(names).toContain("deployment-token");
    expect(names).not.toContain("set-up-this-machine");
    const ref = { type: "ref/prompt", name: "set-up-this-machine" } as const;
    await expect(client.complete({ ref, argument: { name: "managers", value: "" } })).rejects.toThrow(
      /not found/,
    );
  });
});
