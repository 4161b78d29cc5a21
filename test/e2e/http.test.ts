/** `fly-tokens http`: how it starts, who may come in, and that those who may find the same server. */
import { readFile, stat } from "node:fs/promises";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, test } from "vitest";
import { tools } from "../../tools/index.generated.ts";
import { badTokens } from "../support/bad-tokens.ts";
import { servedIssuer } from "../support/issuer.ts";
import { resultOf } from "./agent.ts";
import { authorization, bearer, get, send, serve } from "./http-server.ts";
import { bundle, listens, openMachine } from "./machine.ts";

const remote = {
  FLY_TOKENS_HTTP_HOST: "0.0.0.0",
  FLY_TOKENS_HTTP_URL: "https://tokens.example.com/mcp",
  FLY_TOKENS_HTTP_KEY: "0123456789abcdef".repeat(2),
};

describe("it starts", () => {
  test("on loopback with nothing configured: its bearer is in a file, and stands nowhere else", async () => {
    await using machine = await openMachine();
    const program = machine.start(process.execPath, [bundle, "http", "--port", "0"]);
    const [, url = ""] = await program.said(/MCP at (http:\S+)/);
    const [, file = ""] = await program.said(/bearer is in (\S+)/);
    const own = (await readFile(file, "utf8")).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await send(url)).status).toBe(401);
    expect((await send(url, { authorization: `Bearer ${own}` })).status).toBe(200);
    program.child.kill("SIGTERM");
    expect(await program.ended).toBe(0);
    expect(program.stdout() + program.stderr()).not.toContain(own);
  });

  test("for whoever comes only when that is said", async () => {
    await using machine = await openMachine();
    const { program, url } = await serve(machine, { FLY_TOKENS_HTTP_TOKEN: "" }, ["--anonymous"]);
    expect(program.stderr()).toContain("every program of every user");
    expect((await send(url)).status).toBe(200);
    expect((await send(url, { origin: "https://evil.example" })).status).toBe(403);
    expect((await send(url, { host: "evil.example" })).status).toBe(403);
  });

  test.each<[string, Record<string, string>, string[], string]>([
    ["a bearer that is too short", { FLY_TOKENS_HTTP_TOKEN: "short" }, [], "FLY_TOKENS_HTTP_TOKEN"],
    ["nobody who may call, beyond loopback", remote, [], "FLY_TOKENS_HTTP_TOKEN"],
    [
      "no name, beyond loopback",
      { ...remote, FLY_TOKENS_HTTP_TOKEN: bearer, FLY_TOKENS_HTTP_URL: "" },
      [],
      "FLY_TOKENS_HTTP_URL",
    ],
    [
      "no key, beyond loopback",
      { ...remote, FLY_TOKENS_HTTP_TOKEN: bearer, FLY_TOKENS_HTTP_KEY: "" },
      [],
      "FLY_TOKENS_HTTP_KEY",
    ],
    [
      "no TLS, beyond loopback",
      { ...remote, FLY_TOKENS_HTTP_TOKEN: bearer, FLY_TOKENS_HTTP_URL: "http://tokens.example.com/mcp" },
      [],
      "https",
    ],
    ["--anonymous, beyond loopback", remote, ["--anonymous"], "--anonymous"],
    [
      "a scope that does not exist",
      { FLY_TOKENS_HTTP_CALLERS: `ci=${"0".repeat(64)}:tokens:raed` },
      [],
      "Did you mean tokens:read?",
    ],
  ])("not with %s", async (_what, env, flags, words) => {
    await using machine = await openMachine();
    const { code, stdout, stderr } = await machine.flyTokens(["http", "--port", "0", ...flags], { env });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(words);
  });

  test("and a caller's bearer, made by the program itself, opens what its scopes say", async () => {
    await using machine = await openMachine();
    const made = await machine.flyTokens(["caller", "ci", "--scopes", "tokens:read"]);
    const [own = ""] = made.stdout.split("\n");
    const [, setting = ""] = /FLY_TOKENS_HTTP_CALLERS=(\S+)/.exec(made.stdout) ?? [];
    expect(own).toMatch(/^flyc_[0-9a-f]{64}$/);
    expect(made.stdout.split(own)).toHaveLength(2);
    const { url } = await serve(machine, { FLY_TOKENS_HTTP_CALLERS: setting });
    const body = (name: string) =>
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {} } });
    const by = { authorization: `Bearer ${own}` };
    expect((await send(url, by, { body: body("get_status") })).status).toBe(200);
    const refused = await send(url, by, { body: body("generate_token") });
    expect(refused.status).toBe(403);
    expect(refused.headers["www-authenticate"]).toContain('scope="tokens:write"');
  });
});

test("lets nobody in without the bearer, from a foreign page, or under a foreign name", async () => {
  await using machine = await openMachine();
  const { url } = await serve(machine);
  const { port } = new URL(url);
  const statuses: [number, Record<string, string>][] = [
    [401, {}],
    [401, { authorization: "Bearer wrong" }],
    [401, { authorization: bearer }],
    [401, { authorization: `Basic ${Buffer.from(`x:${bearer}`).toString("base64")}` }],
    [403, { authorization, host: `evil.example:${port}` }],
    [403, { authorization, origin: "https://evil.example" }],
    [403, { authorization, origin: "null" }],
    [200, { authorization }],
    [200, { authorization, origin: `http://127.0.0.1:${port}` }],
    [200, { authorization, host: `localhost:${port}` }],
  ];
  for (const [status, headers] of statuses) {
    const answer = await send(url, headers);
    expect(answer.status, JSON.stringify(headers)).toBe(status);
    expect(answer.body).not.toContain(bearer);
  }
  expect((await send(new URL("/", url), { authorization })).status).toBe(404);
  expect((await get(url, "/healthz", { host: "192.0.2.1" })).status).toBe(200);
});

test("takes the access tokens of an authorization server, and no others; keys change, and may be away", async () => {
  await using issuer = await servedIssuer("https://tokens.example.com/mcp");
  await using machine = await openMachine();
  const { program, url } = await serve(machine, {
    ...remote,
    FLY_TOKENS_HTTP_HOST: "127.0.0.1",
    FLY_TOKENS_OAUTH_ISSUER: issuer.url,
    FLY_TOKENS_LOG: "debug",
  });
  const shown: string[] = [];
  const host = "tokens.example.com";
  const by = (token: string) => {
    shown.push(token);
    return { host, authorization: `Bearer ${token}` };
  };

  issuer.down = true;
  const unknown = await send(url, by(await issuer.sign()));
  expect([unknown.status, unknown.headers["retry-after"]]).toEqual([503, "5"]);
  issuer.down = false;
  // Nobody asks again at once.
  while ((await send(url, by(await issuer.sign()))).status === 503)
    await new Promise((go) => setTimeout(go, 500));

  const good = await issuer.sign();
  expect((await send(url, by(good))).status).toBe(200);
  for (const [name, , make] of badTokens) {
    const answer = await send(url, by(await make(issuer)));
    // Many from one address are slowed down.
    expect([401, 429], name).toContain(answer.status);
  }
  expect((await send(url, by(await issuer.sign({ claims: { scope: "openid" } })))).status).toBe(403);
  const metadata = await get(url, "/.well-known/oauth-protected-resource/mcp", { host });
  expect(JSON.parse(metadata.body)).toMatchObject({ authorization_servers: [issuer.url] });

  await issuer.rotate();
  // A key that is not known is asked for, but not more often than every ten seconds.
  while ((await send(url, by(await issuer.sign()))).status !== 200)
    await new Promise((go) => setTimeout(go, 500));
  expect([401, 429]).toContain((await send(url, by(good))).status);

  const metrics = await get(url, "/metrics", { authorization });
  expect(metrics.body).toMatch(/fly_tokens_auth_failures_total\{reason="algorithm"\} 2/);
  expect(program.stderr()).toContain("The keys of the authorization server cannot be read");
  const everything = program.stdout() + program.stderr() + metrics.body;
  for (const token of [bearer, ...shown.filter((one) => one.length > 20)])
    expect(everything).not.toContain(token);
});

test.each(["legacy", "modern"])("serves a client of the %s era, and ends with code 0", async (era) => {
  await using machine = await openMachine();
  const { program, url } = await serve(machine);
  const negotiation = era === "modern" ? { versionNegotiation: { mode: "auto" as const } } : {};
  const client = new Client({ name: "test", version: "1" }, { capabilities: {}, ...negotiation });
  const requestInit = { headers: { authorization } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }) as never);
  expect(client.getProtocolEra()).toBe(era);
  expect((await client.listTools()).tools).toHaveLength(tools.length);
  const minted = resultOf(await client.callTool({ name: "generate_token", arguments: { name: "remote" } }));
  expect(minted.data.credential?.token).toMatch(/^flyt_/);
  const refused = resultOf(await client.callTool({ name: "get_token", arguments: { id: "tok_unknown" } }));
  expect(refused.code).toBe("not_found");
  await client.close();
  program.child.kill("SIGTERM");
  expect(await program.ended).toBe(0);
  expect(await listens(url)).toBe(false);
  expect(await listens(machine.url)).toBe(false);
  expect(program.stdout()).toBe("");
  expect(program.stderr()).not.toContain(bearer);
});
