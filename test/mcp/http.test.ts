/** Who may come in by name, page and bearer; and that what goes out passes the one door. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Secret } from "../../src/secret.ts";
import { defineTool } from "../../src/tool.ts";
import { authorization, bearer, callOf, openTestDoor, post, request } from "../support/door.ts";
import type { ClientOptions } from "../support/world.ts";

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

const entry = () => openTestDoor({ tools: [telling(fresh(), fresh())] });

describe("who may come in", () => {
  it.each<[string, Record<string, string | undefined>, number]>([
    ["with the bearer, from this machine", {}, 200],
    ["under another of its names", { host: "localhost:7410" }, 200],
    ["by IPv6", { host: "[::1]:7410" }, 200],
    ["from a page on this machine", { origin: "http://localhost:3000" }, 200],
    ["from a page elsewhere", { origin: "https://evil.example" }, 403],
    ["from a page that hides where it is from", { origin: "null" }, 403],
    ["from a page without a name", { origin: "" }, 403],
    ["from a page whose name only looks like ours", { origin: "http://localhost.evil.example" }, 403],
    ["under a name that was bent to this machine (DNS rebinding)", { host: "evil.example:7410" }, 403],
    ["under a name that only looks like ours", { host: "127.0.0.1.evil.example" }, 403],
    ["under no name", { host: undefined }, 403],
    ["without a bearer", { authorization: undefined }, 401],
    ["with an empty one", { authorization: "Bearer " }, 401],
    ["with another", { authorization: "Bearer a-bearer-of-less-than-nothing" }, 401],
    ["with the beginning of it", { authorization: authorization.slice(0, -1) }, 401],
    ["with more than it", { authorization: `${authorization}x` }, 401],
    ["with it as another scheme", { authorization: `Basic ${bearer}` }, 401],
    ["with it alone", { authorization: bearer }, 401],
    ["with it among others", { authorization: `Bearer x, ${authorization}` }, 401],
  ])("%s", async (_who, headers, status) => {
    await using door = await entry();
    const response = await door.fetch(post(headers));
    const text = await response.text();
    expect(response.status, text).toBe(status);
    expect(text.includes('"tools"')).toBe(status === 200);
    expect(response.headers.has("www-authenticate")).toBe(status === 401);
    for (const given of [bearer, "evil", "a-bearer"]) expect(text).not.toContain(given);
  });

  it("nobody by another path, whatever they bring", async () => {
    await using door = await entry();
    for (const path of [
      "/",
      "/mcp/",
      "/MCP",
      "/mcp/x",
      "/%6dcp",
      "/constructor",
      "/.well-known/oauth-protected-resource",
    ])
      expect([path, (await door.fetch(request(path, {}, { method: "POST" }))).status]).toEqual([path, 404]);
  });

  it("nobody who puts the bearer into the address", async () => {
    await using door = await entry();
    const asked = request(
      `/mcp?access_token=${bearer}`,
      { authorization: undefined },
      { method: "POST", body: "{}" },
    );
    expect((await door.fetch(asked)).status).toBe(401);
  });

  it("anybody where the operator wants it so, but under our name and from no other page", async () => {
    await using door = await openTestDoor({
      tools: [telling(fresh(), fresh())],
      exposure: { anonymous: true },
    });
    const nobody = { authorization: undefined };
    expect((await door.fetch(post(nobody))).status).toBe(200);
    expect((await door.fetch(request("/metrics", nobody))).status).toBe(200);
    for (const foreign of [{ host: "evil.example" }, { origin: "https://evil.example" }]) {
      expect((await door.fetch(post({ ...nobody, ...foreign }))).status).toBe(403);
      expect((await door.fetch(request("/metrics", { ...nobody, ...foreign }))).status).toBe(403);
    }
  });
});

describe("beyond loopback", () => {
  const exposure = { remote: true, hosts: ["tokens.example.com"], origins: ["https://app.example.com"] };
  const host = "tokens.example.com";

  it.each<[string, Record<string, string>, number]>([
    ["by its name", {}, 200],
    ["by its name and port", { host: "tokens.example.com:443" }, 200],
    ["by its address", { host: "192.0.2.1" }, 403],
    ["by a name of this machine", { host: "localhost:7410" }, 403],
    ["from a page that the operator allows", { origin: "https://app.example.com" }, 200],
    ["from the same page without TLS", { origin: "http://app.example.com" }, 403],
    ["from the same page at another port", { origin: "https://app.example.com:8443" }, 403],
    ["from a page on this machine", { origin: "http://localhost:3000" }, 403],
  ])("it is called %s", async (_how, headers, status) => {
    await using door = await openTestDoor({ tools: [telling(fresh(), fresh())], exposure });
    expect((await door.fetch(post({ host, ...headers }))).status).toBe(status);
  });

  it("probes and scrapers come by any name, scrapers with a bearer", async () => {
    await using door = await openTestDoor({ tools: [], exposure });
    const probe = { host: "192.0.2.1:7410", authorization: undefined };
    expect((await door.fetch(request("/healthz", probe))).status).toBe(200);
    expect((await door.fetch(request("/metrics", probe))).status).toBe(401);
    expect((await door.fetch(request("/metrics", { ...probe, authorization }))).status).toBe(200);
  });
});

describe("a page in a browser", () => {
  const origin = "http://localhost:3000";

  it("is told what it may do before it does it", async () => {
    await using door = await entry();
    const asked = { origin, "access-control-request-method": "POST", authorization: undefined };
    const response = await door.fetch(request("/mcp", asked, { method: "OPTIONS" }));
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(response.headers.get("access-control-allow-headers")).toMatch(
      /authorization.*mcp-protocol-version/,
    );
    expect(response.headers.has("access-control-allow-credentials")).toBe(false);
    const foreign = { ...asked, origin: "https://evil.example" };
    const refused = await door.fetch(request("/mcp", foreign, { method: "OPTIONS" }));
    expect([refused.status, refused.headers.has("access-control-allow-origin")]).toEqual([403, false]);
  });

  it("may read the answer, and which bearer is missing", async () => {
    await using door = await entry();
    for (const headers of [{ origin }, { origin, authorization: undefined }]) {
      const { headers: said } = await door.fetch(post(headers));
      expect(said.get("access-control-allow-origin")).toBe(origin);
      expect(said.get("access-control-expose-headers")).toContain("WWW-Authenticate");
      expect(said.get("vary")).toContain("Origin");
    }
    expect((await door.fetch(post({}))).headers.has("access-control-allow-origin")).toBe(false);
  });
});

describe("what is no call", () => {
  it.each(["GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS"])("%s is answered 405", async (method) => {
    await using door = await entry();
    expect((await door.fetch(request("/mcp", {}, { method }))).status).toBe(405);
  });

  it.each<[string, string, Record<string, string>, number]>([
    ["nothing", "", {}, 400],
    ["half of an object", "{", {}, 400],
    ["an empty batch", "[]", {}, 400],
    ["a text", '"x"', {}, 400],
    ["null", "null", {}, 400],
    ["an empty object", "{}", {}, 400],
    ["a byte of nothing", "\0", {}, 400],
    ["arrays in arrays", "[".repeat(100_000), {}, 400],
    ["a form", "a=b", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["plain text", callOf("tell"), { "content-type": "text/plain" }, 415],
  ])("%s does no harm to the next, and comes back in no answer", async (_what, body, headers, status) => {
    await using door = await entry();
    const response = await door.fetch(post(headers, body));
    const text = await response.text();
    expect(response.status, text).toBe(status);
    expect(text).not.toMatch(/node_modules|\bat .*:\d+:\d+/);
    expect((await door.fetch(post())).status).toBe(200);
    expect(door.reported).toEqual([]);
  });

  it("a batch of a client of 2025 is answered as a whole", async () => {
    await using door = await entry();
    const calls = ["a", "b"].map((id) => callOf("tell", {}, id));
    const text = await (await door.fetch(post({}, `[${calls.join(",")}]`))).text();
    expect(text).toMatch(/"id":"a"/);
    expect(text).toMatch(/"id":"b"/);
  });
});

describe.each(eras)("what goes out to a client of the %s era", (era) => {
  it("is the value that was asked for, in one body, and no other secret", async () => {
    const [asked, leaked] = [fresh(), fresh()];
    new Secret(leaked);
    await using door = await openTestDoor({ tools: [telling(asked, leaked)] });
    const client = await door.connect(era);
    const { structuredContent } = await client.callTool({ name: "tell", arguments: {} });
    expect(structuredContent).toEqual({
      note: "ünï [redacted]",
      credential: { username: "ci", token: asked },
    });
    expect(door.bodies.filter((body) => body.includes(asked))).toHaveLength(1);
    expect(door.bodies.join()).not.toContain(leaked);
    expect(door.bodies.join()).not.toContain("reveal-");
  });

  it("says nothing of an error that nobody foresaw, which is reported", async () => {
    const leaked = fresh();
    await using door = await openTestDoor({ tools: [telling(fresh(), leaked)] });
    const client = await door.connect(era);
    expect(await client.callTool({ name: "tell", arguments: { fail: true } })).toMatchObject({
      isError: true,
    });
    expect(door.reported).toEqual([expect.objectContaining({ message: `The upstream said ${leaked}.` })]);
    expect(door.bodies.join()).not.toContain(leaked);
  });
});

describe("redaction", () => {
  it("goes through events as well as JSON, and leaves their form alone", async () => {
    const [asked, leaked] = [fresh(), fresh()];
    new Secret(leaked);
    await using door = await openTestDoor({ tools: [telling(asked, leaked)] });
    const response = await door.fetch(post({}, callOf("tell")));
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

  it("reaches what the SDK says of a request, headers included", async () => {
    const leaked = fresh();
    new Secret(leaked);
    await using door = await entry();
    const response = await door.fetch(post({}, callOf(leaked)));
    expect(await response.text()).not.toContain(leaked);
    const foreign = await door.fetch(post({ origin: `https://${leaked}.example` }));
    expect(JSON.stringify([...foreign.headers]) + (await foreign.text())).not.toContain(leaked);
  });
});
