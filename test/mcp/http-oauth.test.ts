/** Access tokens at the door, what a client is told of where to get one, and that none is passed on. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Exposure } from "../../src/callers/exposure.ts";
import { callerOf } from "../../src/mcp/caller.ts";
import { defineTool } from "../../src/tool.ts";
import { badTokens } from "../support/bad-tokens.ts";
import { callOf, openTestDoor, post, request } from "../support/door.ts";
import { testIssuer } from "../support/issuer.ts";

const resource = "https://tokens.example.com/mcp";
const exposure: Partial<Exposure> = { remote: true, hosts: ["tokens.example.com"], resource };
const host = "tokens.example.com";
const here = "https://tokens.example.com/.well-known/oauth-protected-resource/mcp";

const touch = defineTool({
  name: "touch",
  title: "Touch",
  description: "For these tests.",
  effect: "write",
  input: z.object({}),
  output: z.object({ done: z.boolean() }),
  run: async () => ({ done: true }),
  say: () => "done",
});

async function entry() {
  const issuer = await testIssuer("https://login.example.com", resource);
  return { issuer, door: await openTestDoor({ tools: [touch], exposure, issuer }) };
}

const shown = (token: string) => ({ host, authorization: `Bearer ${token}` });

describe("a client without a token", () => {
  it("is told where to ask for one, and for which scope", async () => {
    const { door } = await entry();
    await using _ = door;
    const response = await door.fetch(post({ host, authorization: undefined }));
    expect(response.status).toBe(401);
    // Without an error: it has not done anything wrong (RFC 6750, section 3.1).
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer scope="tokens:read", resource_metadata="${here}"`,
    );
    expect(await response.json()).toMatchObject({ error: { message: "There is no bearer." } });
  });

  it.each(["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"])(
    "finds it at %s, from any page",
    async (path) => {
      const { door } = await entry();
      await using _ = door;
      const asked = request(path, { host, authorization: undefined, origin: "https://any.example" });
      const response = await door.fetch(asked);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(await response.json()).toEqual({
        resource,
        authorization_servers: ["https://login.example.com"],
        scopes_supported: ["tokens:read", "tokens:write", "tokens:revoke", "metrics:read"],
        bearer_methods_supported: ["header"],
        resource_name: "Fly tokens",
      });
      expect((await door.fetch(request(path, { host }, { method: "POST" }))).status).toBe(405);
      expect((await door.fetch(request(path, { host: "evil.example" }))).status).toBe(403);
    },
  );

  it("finds nothing where there is no authorization server", async () => {
    await using door = await openTestDoor({ tools: [], exposure });
    const asked = request("/.well-known/oauth-protected-resource/mcp", { host });
    expect((await door.fetch(asked)).status).toBe(404);
    const { headers } = await door.fetch(post({ host, authorization: undefined }));
    expect(headers.get("www-authenticate")).toBe('Bearer scope="tokens:read"');
  });
});

describe("a token", () => {
  it("that is good lets in, and one with too few scopes is told which to ask for", async () => {
    const { issuer, door } = await entry();
    await using _ = door;
    expect((await door.fetch(post(shown(await issuer.sign())))).status).toBe(200);
    const refused = await door.fetch(post(shown(await issuer.sign()), callOf("touch")));
    expect(refused.status).toBe(403);
    const challenge = refused.headers.get("www-authenticate");
    for (const part of ['error="insufficient_scope"', 'scope="tokens:write"', `resource_metadata="${here}"`])
      expect(challenge).toContain(part);
    const more = await issuer.sign({ claims: { scope: "tokens:write" } });
    expect(await (await door.fetch(post(shown(more), callOf("touch")))).text()).toContain('"done":true');
  });

  it("without a scope of ours opens nothing", async () => {
    const { issuer, door } = await entry();
    await using _ = door;
    const token = await issuer.sign({ claims: { scope: "openid profile" } });
    expect((await door.fetch(post(shown(token)))).status).toBe(403);
  });

  it.each(badTokens)(
    "%s is refused (%s), noted and counted, and stands nowhere",
    async (_name, reason, make) => {
      const { issuer, door } = await entry();
      await using _ = door;
      const token = await make(issuer);
      const response = await door.fetch(post(shown(token)));
      const text = await response.text();
      expect(response.status, text).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
      expect(door.noted).toContainEqual({ http: "not let in", reason, address: "127.0.0.1" });
      const counted = await door.fetch(request("/metrics", { host }));
      const metrics = await counted.text();
      expect(metrics).toContain(`fly_tokens_auth_failures_total{reason="${reason}"} 1\n`);
      const everything = [
        text,
        metrics,
        JSON.stringify(door.noted),
        JSON.stringify([...response.headers]),
      ].join();
      if (token.length > 20) expect(everything).not.toContain(token);
    },
  );

  it("that nobody can check now is no worse for it: 503, when to come again, and the log is told", async () => {
    const { issuer, door } = await entry();
    await using _ = door;
    issuer.down = true;
    const response = await door.fetch(post(shown(await issuer.sign())));
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(response.headers.has("www-authenticate")).toBe(false);
    expect(door.reported).toEqual([expect.objectContaining({ message: expect.stringMatching(/keys/) })]);
    // Who has a bearer of the operator's needs no issuer.
    expect((await door.fetch(post({ host }))).status).toBe(200);
  });

  it("signed with a new key is good without a restart", async () => {
    const { issuer, door } = await entry();
    await using _ = door;
    const before = await issuer.sign();
    expect((await door.fetch(post(shown(before)))).status).toBe(200);
    await issuer.rotate();
    expect((await door.fetch(post(shown(await issuer.sign())))).status).toBe(200);
    expect((await door.fetch(post(shown(before)))).status).toBe(401);
  });

  it("is not handed to what is behind the door, which learns the caller's name", async () => {
    const seen: unknown[] = [];
    const issuer = await testIssuer("https://login.example.com", resource);
    await using door = await openTestDoor({
      tools: [touch],
      exposure,
      issuer,
      onBuild: (server) => {
        server.server.setRequestHandler("ping", (_request, ctx) => {
          seen.push({
            caller: callerOf(ctx),
            auth: ctx.http?.authInfo,
            headers: [...(ctx.http?.req?.headers ?? [])],
          });
          return {};
        });
      },
    });
    const token = await issuer.sign();
    await (
      await door.fetch(post(shown(token), JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })))
    ).text();
    expect(seen).toEqual([expect.objectContaining({ caller: "oauth:ann/agent" })]);
    expect(JSON.stringify(seen)).not.toContain(token);
    expect(JSON.stringify(seen)).not.toMatch(/authorization/i);
  });
});
