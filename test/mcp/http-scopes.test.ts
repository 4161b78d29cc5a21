/** Which bearer may call which tool: refused with 403 and the scopes to ask for, and again behind that. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { requireScopes, scopesOf } from "../../src/mcp/scopes.ts";
import { defineTool, type Effect } from "../../src/tool.ts";
import { offers } from "../../tools/offers.generated.ts";
import { callOf, openTestDoor, post, request } from "../support/door.ts";

const bearers = {
  reader: ["tokens:read"],
  writer: ["tokens:read", "tokens:write"],
  revoker: ["tokens:revoke"],
  scraper: ["metrics:read"],
};
const callers = Object.fromEntries(
  Object.entries(bearers).map(([name, scopes]) => [
    name,
    { sha256: createHash("sha256").update(`bearer-of-${name}`).digest("hex"), scopes },
  ]),
);

function toolOf(effect: Effect) {
  return defineTool({
    name: effect,
    title: effect,
    description: "For these tests.",
    effect,
    input: z.object({}),
    output: z.object({ done: z.boolean() }),
    run: async () => ({ done: true }),
    say: () => "done",
  });
}

const effects: Effect[] = ["read", "create", "write", "destroy"];
const entry = () => openTestDoor({ tools: effects.map(toolOf), callers });
const by = (name: string) => ({ authorization: `Bearer bearer-of-${name}` });

/** The same call as a client of 2026-07-28 makes it. */
function modern(name: string): [Record<string, string>, string] {
  const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": name };
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {}, _meta: meta } };
  return [headers, JSON.stringify(call)];
}

const table: [caller: string, effect: Effect, allowed: boolean][] = [
  ["reader", "read", true],
  ["reader", "create", false],
  ["reader", "write", false],
  ["reader", "destroy", false],
  ["writer", "create", true],
  ["writer", "write", true],
  ["writer", "destroy", false],
  ["revoker", "destroy", true],
  ["revoker", "read", false],
  ["revoker", "create", false],
];

const wanted: Record<Effect, string> = {
  read: "tokens:read",
  create: "tokens:write",
  write: "tokens:write",
  destroy: "tokens:revoke",
};

describe.each(["legacy", "modern"])("in the %s era", (era) => {
  it.each(table)("%s and a tool that would %s: %s", async (caller, effect, allowed) => {
    await using door = await entry();
    const [headers, body] = era === "modern" ? modern(effect) : [{}, callOf(effect)];
    const response = await door.fetch(post({ ...by(caller), ...headers }, body));
    const text = await response.text();
    expect(response.status, text).toBe(allowed ? 200 : 403);
    expect(text.includes('"done":true')).toBe(allowed);
    const challenge = response.headers.get("www-authenticate");
    if (allowed) expect(challenge).toBeNull();
    else {
      expect(challenge).toContain('error="insufficient_scope"');
      expect(challenge).toContain(`scope="${wanted[effect]}"`);
    }
  });
});

it("one call in a batch that is not allowed keeps all of them from being made", async () => {
  await using door = await entry();
  const batch = `[${["read", "destroy"].map((name, id) => callOf(name, {}, id)).join(",")}]`;
  const response = await door.fetch(post(by("reader"), batch));
  expect(response.status).toBe(403);
});

it("who may only look at the metrics may do that alone", async () => {
  await using door = await entry();
  const refused = await door.fetch(post(by("scraper")));
  expect(refused.status).toBe(403);
  expect(refused.headers.get("www-authenticate")).toContain('scope="tokens:read"');
  expect((await door.fetch(request("/metrics", by("scraper")))).status).toBe(200);
  const unseen = await door.fetch(request("/metrics", by("writer")));
  expect(unseen.status).toBe(403);
  expect(unseen.headers.get("www-authenticate")).toContain('scope="metrics:read"');
});

describe("the handler itself", () => {
  const ctx = (scopes: string[]) => ({ http: { authInfo: { token: "", clientId: "x", scopes } } }) as never;

  it("asks again, should a call ever come by another way", () => {
    expect(() => requireScopes(ctx(["tokens:read"]), ["tokens:write", "tokens:revoke"])).toThrow(
      expect.objectContaining({ code: "forbidden", allowed: ["tokens:write", "tokens:revoke"] }),
    );
    expect(() => requireScopes(ctx(["tokens:read"]), ["tokens:read"])).not.toThrow();
  });

  it("does not ask over stdio, where nobody has a bearer", () => {
    expect(() => requireScopes({} as never, ["tokens:revoke"])).not.toThrow();
  });
});

it("every tool wants what it does: the table", () => {
  expect(Object.fromEntries(offers.map((offer) => [offer.name, scopesOf(offer).join(" ")]))).toEqual({
    check_package_manager: "tokens:read",
    configure_package_manager: "tokens:write",
    create_environment: "tokens:write",
    delete_token: "tokens:revoke",
    describe_environment: "tokens:read",
    find_leaks: "tokens:read",
    generate_token: "tokens:write",
    get_status: "tokens:read",
    get_token: "tokens:read",
    list_tokens: "tokens:read",
    restore_package_manager: "tokens:write",
    restrict_token: "tokens:write",
    revoke_token: "tokens:revoke",
    rotate_token: "tokens:write tokens:revoke",
  });
});
