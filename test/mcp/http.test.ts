import { randomBytes } from "node:crypto";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { httpHandler } from "../../src/mcp/http.ts";
import { Outgoing } from "../../src/mcp/redact.ts";
import { createMcpServer } from "../../src/mcp/server.ts";
import { Secret } from "../../src/secret.ts";
import { defineTool, type Tool } from "../../src/tool.ts";
import { type ClientOptions, openWorld } from "../support/world.ts";

const bearer = new Secret("a-bearer-of-more-than-16-characters");
const authorization = `Bearer ${bearer.reveal()}`;
const eras: ClientOptions["era"][] = ["legacy", "modern"];
const fresh = () => `flyt_${randomBytes(24).toString("hex")}`;

/** A tool that shows one secret, and speaks of another that nobody asked for. */
function telling(asked: string, leaked: string) {
  return defineTool({
    name: "tell",
    title: "Tell",
    description: "For these tests.",
    effect: "create",
    input: z.object({ fail: z.boolean().default(false) }),
    output: z.object({
      note: z.string(),
      credential: z.object({ username: z.string(), token: z.string() }).optional(),
    }),
    async run({ fail }) {
      if (fail) throw new Error(`The upstream said ${leaked}.`);
      return { note: `ünï ${leaked}`, credential: { username: "ci", token: new Secret(asked) } };
    },
    say: ({ note }) => note,
  });
}

/** The handler around a server with one tool; what it reports, and all that leaves it. */
async function door(tool: Tool) {
  const world = await openWorld();
  const outgoing = new Outgoing();
  const reported: unknown[] = [];
  const build = () =>
    createMcpServer({
      version: "0.0.0-test",
      tools: [tool],
      prompts: [],
      outgoing,
      readOnly: false,
      unadvertised: [],
      context: async () => world.context,
      report: (error) => reported.push(error),
    });
  const handler = httpHandler(build, bearer, outgoing, (error) => reported.push(error));
  const bodies: string[] = [];
  return {
    handler,
    reported,
    bodies,
    /** A client that comes with the bearer. */
    async connect(era: ClientOptions["era"]) {
      const client = new Client(
        { name: "test", version: "1" },
        era === "modern" ? { versionNegotiation: { mode: "auto" } } : {},
      );
      const fetch = async (url: string | URL, init?: RequestInit) => {
        const response = await handler.fetch(new Request(url, init));
        const body = await response.text();
        bodies.push(body);
        return new Response(body === "" ? null : body, response);
      };
      const requestInit = { headers: { authorization, host: "127.0.0.1:7410" } };
      await client.connect(
        new StreamableHTTPClientTransport(new URL("http://127.0.0.1:7410/mcp"), { fetch, requestInit }),
      );
      return client;
    },
    async [Symbol.asyncDispose]() {
      await handler.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

function post(headers: Record<string, string | undefined>, url = "http://127.0.0.1:7410/mcp", body = list) {
  const given = Object.entries({
    host: "127.0.0.1:7410",
    authorization,
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    ...headers,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]));
  return new Request(url, { method: "POST", headers: given, body });
}

describe("who may come in", () => {
  it.each<[string, Record<string, string | undefined>, number]>([
    ["with the bearer, from this machine", {}, 200],
    ["under another of its names", { host: "localhost:7410" }, 200],
    ["by IPv6", { host: "[::1]:7410" }, 200],
    ["from a page on this machine", { origin: "http://localhost:3000" }, 200],
    ["from a page elsewhere", { origin: "https://evil.example" }, 403],
    ["from a page that hides where it is from", { origin: "null" }, 403],
    ["from a page whose name only looks like ours", { origin: "http://localhost.evil.example" }, 403],
    ["under a name that was bent to this machine (DNS rebinding)", { host: "evil.example:7410" }, 403],
    ["under a name that only looks like ours", { host: "127.0.0.1.evil.example" }, 403],
    ["under no name", { host: undefined }, 403],
    ["without a bearer", { authorization: undefined }, 401],
    ["with an empty one", { authorization: "Bearer " }, 401],
    ["with another", { authorization: "Bearer a-bearer-of-less-than-nothing" }, 401],
    ["with the beginning of it", { authorization: authorization.slice(0, -1) }, 401],
    ["with more than it", { authorization: `${authorization}x` }, 401],
    ["with it as another scheme", { authorization: `Basic ${bearer.reveal()}` }, 401],
    ["with it alone", { authorization: bearer.reveal() }, 401],
  ])("%s", async (_who, headers, status) => {
    await using entry = await door(telling(fresh(), fresh()));
    const response = await entry.handler.fetch(post(headers));
    const text = await response.text();
    expect(response.status, text).toBe(status);
    expect(text.includes('"tools"')).toBe(status === 200);
    expect(response.headers.has("www-authenticate")).toBe(status === 401);
    expect(text).not.toContain(bearer.reveal());
  });

  it("nobody by another path, whatever they bring", async () => {
    await using entry = await door(telling(fresh(), fresh()));
    for (const path of ["/", "/mcp/", "/MCP", "/mcp/x", "/%6dcp"]) {
      const response = await entry.handler.fetch(post({}, `http://127.0.0.1:7410${path}`));
      expect([path, response.status]).toEqual([path, 404]);
    }
  });

  it("nobody who puts the bearer into the address", async () => {
    await using entry = await door(telling(fresh(), fresh()));
    const url = `http://127.0.0.1:7410/mcp?access_token=${bearer.reveal()}`;
    expect((await entry.handler.fetch(post({ authorization: undefined }, url))).status).toBe(401);
  });

  it("nobody who only opens the page in a browser", async () => {
    await using entry = await door(telling(fresh(), fresh()));
    const get = new Request("http://127.0.0.1:7410/mcp", {
      headers: { host: "127.0.0.1:7410", authorization },
    });
    expect((await entry.handler.fetch(get)).status).toBeGreaterThanOrEqual(400);
  });

  it("nobody with what is no JSON-RPC, which does no harm to the next", async () => {
    await using entry = await door(telling(fresh(), fresh()));
    for (const body of ["", "{", "[]", '"x"', "{}", "\0"])
      expect((await entry.handler.fetch(post({}, undefined, body))).status).toBeGreaterThanOrEqual(400);
    expect((await entry.handler.fetch(post({}))).status).toBe(200);
  });
});

describe.each(eras)("what goes out to a client of the %s era", (era) => {
  it("is the value that was asked for, in one body, and no other secret", async () => {
    const [asked, leaked] = [fresh(), fresh()];
    new Secret(leaked);
    await using entry = await door(telling(asked, leaked));
    const client = await entry.connect(era);
    const { structuredContent } = await client.callTool({ name: "tell", arguments: {} });
    expect(structuredContent).toEqual({
      note: "ünï [redacted]",
      credential: { username: "ci", token: asked },
    });
    expect(entry.bodies.filter((body) => body.includes(asked))).toHaveLength(1);
    expect(entry.bodies.join()).not.toContain(leaked);
    expect(entry.bodies.join()).not.toContain("reveal-");
  });

  it("says nothing of an error that nobody foresaw, which is reported", async () => {
    const leaked = fresh();
    await using entry = await door(telling(fresh(), leaked));
    const client = await entry.connect(era);
    expect(await client.callTool({ name: "tell", arguments: { fail: true } })).toMatchObject({
      isError: true,
    });
    expect(entry.reported).toEqual([expect.objectContaining({ message: `The upstream said ${leaked}.` })]);
    expect(entry.bodies.join()).not.toContain(leaked);
  });
});

describe("redaction", () => {
  const call = (accept: string) =>
    post(
      { accept },
      undefined,
      JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "tell", arguments: {} },
      }),
    );

  it("goes through events as well as JSON, and leaves their form alone", async () => {
    const [asked, leaked] = [fresh(), fresh()];
    new Secret(leaked);
    await using entry = await door(telling(asked, leaked));
    const response = await entry.handler.fetch(call("application/json, text/event-stream"));
    const body = await response.text();
    expect(response.headers.get("content-length")).toBeNull();
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    const json = isStream ? (/^data: (\{.*\})$/m.exec(body)?.[1] ?? "") : body;
    expect(JSON.parse(json)).toMatchObject({
      result: { structuredContent: { note: "ünï [redacted]", credential: { token: asked } } },
    });
    if (isStream) expect(body).toMatch(/\n\n$/);
    expect(body).not.toContain(leaked);
  });
});
