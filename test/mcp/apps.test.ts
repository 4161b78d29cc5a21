/** The token table as an MCP App: told to clients that show pages and to nobody else, and harmless whoever shows it. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { page } from "../../src/resources/tokens-page/document.ts";
import { tempHome } from "../support/home.ts";
import { type ClientOptions, openWorld } from "../support/world.ts";

const uri = "ui://fly-tokens/tokens.html";
const mimeType = "text/html;profile=mcp-app";
const extensions = { "io.modelcontextprotocol/ui": { mimeTypes: [mimeType] } };
const meta = { ui: { resourceUri: uri } };

const withMeta = (list: readonly { name: string; _meta?: unknown }[]) =>
  list.filter(({ _meta }) => _meta !== undefined).map(({ name, _meta }) => [name, _meta]);

describe.each<ClientOptions["era"]>(["legacy", "modern"])("a client of the %s era", (era) => {
  it("that shows pages is told which tool has one, and finds it in the list", async () => {
    await using world = await openWorld();
    const { client } = await world.connect({ era, extensions });
    expect(withMeta((await client.listTools()).tools)).toEqual([["list_tokens", meta]]);
    const { resources } = await client.listResources();
    const [one] = resources.filter((resource) => resource.uri === uri);
    expect(one).toMatchObject({ name: "tokens-page", title: "Token table", mimeType });
    expect(one?._meta).toMatchObject({ ui: { csp: { connectDomains: [], resourceDomains: [] } } });
  });

  it.each([
    ["has not said that it shows any", undefined],
    ["shows pages of another kind", { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html"] } }],
    ["says it in a way that means nothing", { "io.modelcontextprotocol/ui": {} }],
    ["has another extension", { "com.example/ui": { mimeTypes: [mimeType] } }],
  ])("that %s is told of none", async (_, others) => {
    await using world = await openWorld();
    const { client } = await world.connect({ era, ...(others && { extensions: others }) });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("list_tokens");
    expect(JSON.stringify(tools)).not.toMatch(/_meta|ui:/);
    expect(JSON.stringify(await client.listResources())).not.toContain("ui://");
  });

  it("reads it: one document, with a policy that lets in nothing", async () => {
    await using world = await openWorld();
    const { client } = await world.connect({ era, extensions });
    const { contents } = await client.readResource({ uri });
    expect(contents).toEqual([
      {
        uri,
        mimeType,
        text: page,
        _meta: {
          ui: {
            csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
            prefersBorder: true,
          },
        },
      },
    ]);
    expect(world.faults).toEqual([]);
  });

  it("is not told where the operator does not offer the tool", async () => {
    await using world = await openWorld({ env: { FLY_TOKENS_TOOLS: "get_status" } });
    const { client } = await world.connect({ era, extensions });
    expect(withMeta((await client.listTools()).tools)).toEqual([]);
    expect(JSON.stringify(await client.listResources())).not.toContain("ui://");
    await expect(client.readResource({ uri })).rejects.toThrow(/not found/i);
  });
});

it("a caller on another machine is told of it, too, from 2026-07-28 on", async () => {
  await using world = await openWorld({ remote: true });
  const { client } = await world.connect({ era: "modern", caller: "alice", extensions });
  expect(withMeta((await client.listTools()).tools)).toEqual([["list_tokens", meta]]);
  expect((await client.readResource({ uri })).contents).toMatchObject([{ mimeType, text: page }]);
});

it("over HTTP before that a request does not say what its client shows, so nobody is told; who knows the page reads it", async () => {
  await using world = await openWorld({ remote: true });
  const { client } = await world.connect({ era: "legacy", caller: "alice", extensions });
  expect(withMeta((await client.listTools()).tools)).toEqual([]);
  expect((await client.readResource({ uri })).contents).toMatchObject([{ mimeType, text: page }]);
});

it("what an agent is shown stays within 14,100 characters with it, and within 14,000 without", async () => {
  await using home = await tempHome();
  const rules = { environments: { production: { protected: true } } };
  const FLY_TOKENS_POLICY = await home.write("policy.json", JSON.stringify(rules));
  await using world = await openWorld({ env: { FLY_API_TOKEN: "fo1_a-token-of-nobody", FLY_TOKENS_POLICY } });
  const [plain, shown] = await Promise.all(
    [undefined, extensions].map(async (given) => {
      const { client } = await world.connect({ era: "modern", ...(given && { extensions: given }) });
      return JSON.stringify({ tools: (await client.listTools()).tools }).length;
    }),
  );
  expect(plain).toBeLessThanOrEqual(14_000);
  expect(shown).toBeLessThanOrEqual(14_100);
  expect((shown ?? 0) - (plain ?? 0)).toBe(`,"_meta":${JSON.stringify(meta)}`.length);
});

describe("the page", () => {
  it("is one document of at most 10 kB that names nobody else", () => {
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(10_000);
    expect(page).not.toMatch(
      /https?:|\bsrc=|\bhref=|url\(|@import|import\(|fetch\(|XMLHttpRequest|WebSocket/,
    );
  });

  it("lets in its own script and style by their hashes, and no other", () => {
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
    const hashOf = (tag: string) => {
      const [, text = ""] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page) ?? [];
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hashOf("script")}`,
      `style-src ${hashOf("style")}`,
      "form-action 'none'",
      "base-uri 'none'",
    ]);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/ on[a-z]+=| style="|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(/);
  });

  it("calls no tool but list_tokens", () =>
    expect([...page.matchAll(/"tools\/call", \{ name: "([^"]*)"/g)].map(([, name]) => name)).toEqual([
      "list_tokens",
    ]));
});
