import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { mount, npmClient, sentence } from "../npm/client.ts";
import { bodyOf, type FakeUpstream, json, startUpstream } from "./fake-upstream.ts";

const password = "the-upstream's-own-password";
const basic = Buffer.from(`gateway:${password}`).toString("base64");
let upstream: FakeUpstream;
let registry: TestRegistry;
let writer: ReturnType<typeof npmClient>;
let reader: ReturnType<typeof npmClient>;

beforeEach(async () => {
  upstream = await startUpstream();
  const url = `http://gateway:${encodeURIComponent(password)}@${upstream.host}/base`;
  registry = await startRegistry({ gateway: { upstreams: { npm: new Secret(url) } } });
  writer = npmClient(registry, (await registry.mint()).value);
  reader = npmClient(registry, (await registry.mint({ permission: "read_only" })).value);
});
afterEach(async () => {
  await registry.close();
  await upstream[Symbol.asyncDispose]();
});

const ours = () => `${registry.url}${mount}`;
const asked = () => upstream.seen.map(({ method, url }) => `${method} ${url}`);

describe("who comes through", () => {
  test("a token; a read-only one only to read, and to ask for known faults", async () => {
    for (const path of ["/tool", "/@acme%2ftool", "/tool/-/tool-1.0.0.tgz", "/-/package/tool/dist-tags"])
      expect((await reader.get(path)).status, path).toBe(200);
    expect((await reader.send("POST", "/-/npm/v1/security/advisories/bulk", {})).status).toBe(200);
    const before = upstream.seen.length;
    for (const [method, path] of [
      ["PUT", "/tool"],
      ["PUT", "/tool/-rev/1"],
      ["DELETE", "/tool/-rev/1"],
      ["DELETE", "/tool/-/tool-1.0.0.tgz/-rev/1"],
      ["PUT", "/-/package/tool/dist-tags/next"],
      ["POST", "/-/npm/v1/security/other"],
      ["POST", "/-/npm/v1/security/advisories/bulk/../../../../../tool"],
      ["PUT", "/-/npm/v1/security/advisories/bulk"],
    ] as const) {
      const refused = await reader.send(method, path, {});
      expect(refused.status, `${method} ${path}`).toBe(403);
      expect(await sentence(refused)).toContain("read-only");
    }
    expect(upstream.seen).toHaveLength(before);
    for (const [method, path] of [
      ["PUT", "/tool"],
      ["DELETE", "/@acme%2ftool/-rev/1"],
      ["PUT", "/-/package/@acme%2ftool/dist-tags/next"],
    ] as const)
      expect((await writer.send(method, path, {})).status).toBe(200);
    expect(asked().slice(before)).toEqual([
      "PUT /base/tool",
      "DELETE /base/@acme%2ftool/-rev/1",
      "PUT /base/-/package/@acme%2ftool/dist-tags/next",
    ]);
  });

  test("nobody with a key, a wrong token or none; nobody with a revoked one, from the very next request", async () => {
    const { token, value } = await registry.mint({ permission: "read_only" });
    const client = npmClient(registry, value);
    expect((await client.get("/tool")).status).toBe(200);
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    const revoked = await client.get("/tool");
    expect(revoked.status).toBe(401);
    expect(revoked.headers.get("www-authenticate")).toBe('Bearer realm="fly-tokens"');
    expect((await npmClient(registry, "wrong").get("/tool")).status).toBe(401);
    expect((await fetch(`${ours()}/tool`)).status).toBe(401);
    const key = await npmClient(registry, registry.adminKey).get("/tool");
    expect(key.status).toBe(403);
    expect(await sentence(key)).toContain("mint a token");
    expect(upstream.seen).toHaveLength(1);
  });

  test("is known by us, whatever the upstream would say; the token was used, and the log has its id", async () => {
    upstream.answers(json({ username: "gateway" }));
    const { token, value } = await registry.mint({ key: await registry.addUser("ann") });
    const client = npmClient(registry, value);
    expect(await (await client.get("/-/whoami")).json()).toEqual({ username: "ann" });
    expect(await (await client.get("/-/ping")).json()).toEqual({});
    expect(upstream.seen).toEqual([]);
    await client.get("/tool?secret=query");
    const used = (await (await registry.call("GET", `/tokens/${token.id}`)).json()) as {
      last_used_at: string;
    };
    expect(used.last_used_at).toMatch(/^\d{4}-/);
    expect(registry.log).toContainEqual(
      expect.objectContaining({ method: "GET", path: `${mount}/tool`, status: 200, token: token.id }),
    );
    expect(JSON.stringify(registry.log)).not.toMatch(
      new RegExp(`query|${value}|${upstream.host}|${password}`),
    );
  });

  test.each([
    ["PUT", "/-/user/org.couchdb.user:ann"],
    ["GET", "/-/user/org.couchdb.user:ann"],
    ["DELETE", "/-/user/token/abc"],
    ["POST", "/-/v1/login"],
    ["GET", "/-/npm/v1/tokens"],
    ["POST", "/-/npm/v1/tokens"],
    ["GET", "/-/npm/v1/user"],
    ["POST", "/-/npm/v1/user"],
    ["GET", "/-/org/acme/user"],
    ["GET", "/-/package/tool/collaborators"],
    ["POST", "/-/package/tool/access"],
    ["GET", "/-/verdaccio/data/packages"],
    ["POST", "/-/verdaccio/sec/login"],
    ["GET", "/%2d/npm/v1/user"],
    ["GET", "/-/package/tool"],
    ["GET", "/-"],
  ])("does not manage the people behind: %s %s", async (method, path) => {
    const refused = await writer.send(method, path, method === "GET" ? undefined : {});
    expect(refused.status).toBe(403);
    expect(await sentence(refused)).toContain("generate_token");
    expect(upstream.seen).toEqual([]);
  });
});

describe("what the upstream is shown", () => {
  test("its own credential and the headers about packages, nothing else of the client's", async () => {
    await writer.get("/tool", {
      cookie: "session=1",
      "proxy-authorization": "Basic abc",
      "x-forwarded-for": "10.0.0.1",
      "x-forwarded-host": "evil.example",
      "x-http-method-override": "DELETE",
      "x-original-url": "/admin",
      "x-remote-user": "root",
      "x-api-key": "k",
      forwarded: "host=evil.example",
      "npm-command": "view",
      "npm-otp": "123456",
      "if-none-match": '"a"',
      "accept-encoding": "zstd, gzip;q=0.5, br",
    });
    const { host, connection, ...headers } = upstream.seen[0]?.headers ?? {};
    expect([host, connection]).toEqual([upstream.host, "keep-alive"]);
    expect(headers).toEqual({
      authorization: `Basic ${basic}`,
      accept: "*/*",
      "accept-language": "*",
      "accept-encoding": "gzip;q=0.5, br",
      "cache-control": "no-cache",
      pragma: "no-cache",
      "user-agent": "node",
      "npm-command": "view",
      "if-none-match": '"a"',
    });
  });

  test("a bearer, where its URL has a token alone; nothing, where it has neither", async () => {
    for (const [userinfo, expected] of [
      [":a%2Ftoken@", "Bearer a/token"],
      ["", undefined],
    ] as const) {
      const npm = new Secret(`http://${userinfo}${upstream.host}`);
      await using other = await startRegistry({ gateway: { upstreams: { npm } } });
      await npmClient(other, (await other.mint()).value).get("/tool");
      expect(upstream.seen.at(-1)).toMatchObject({ url: "/tool" });
      expect(upstream.seen.at(-1)?.headers.authorization).toBe(expected);
    }
  });

  test("a body as it comes, with its length", async () => {
    let body = "";
    upstream.answers(async (request, response) => {
      body = (await bodyOf(request)).toString();
      response.writeHead(201).end("{}");
    });
    expect((await writer.send("PUT", "/tool", { name: "tool" })).status).toBe(201);
    expect(body).toBe('{"name":"tool"}');
    expect(upstream.seen[0]?.headers["content-length"]).toBe("15");
    expect(upstream.seen[0]?.headers["transfer-encoding"]).toBeUndefined();
    await writer.send("PUT", "/tool/-rev/1");
    expect(upstream.seen[1]?.headers["content-length"]).toBe("0");
  });

  test("part of a tarball, but a document always whole", async () => {
    await reader.get("/tool/-/tool-1.0.0.tgz", { range: "bytes=0-1", "if-range": '"a"' });
    await reader.get("/tool", { range: "bytes=0-1", "if-range": '"a"' });
    expect(upstream.seen.map(({ headers }) => [headers.range, headers["if-range"]])).toEqual([
      ["bytes=0-1", '"a"'],
      [undefined, undefined],
    ]);
  });
});

describe("what the client is shown", () => {
  test("the upstream's addresses as ours, in packed documents, too; the rest byte for byte", async () => {
    const tarball = (host: string) => `${host}/tool/-/tool-1.0.0.tgz`;
    const text = (here: string) =>
      JSON.stringify({
        dist: { tarball: tarball(here), other: tarball(`${upstream.url}/base-private`) },
        é: "\u00ff",
      });
    for (const coding of ["", "gzip"]) {
      const body = Buffer.from(text(`${upstream.url}/base`));
      upstream.answers((_request, response) =>
        response
          .writeHead(200, {
            "content-type": "application/vnd.npm.install-v1+json; charset=utf-8",
            etag: '"e"',
            ...(coding && { "content-encoding": coding }),
          })
          .end(coding ? gzipSync(body) : body),
      );
      const response = await reader.get("/tool", { "accept-encoding": coding || "identity" });
      expect(await response.text()).toBe(text(ours()));
      expect(response.headers.get("content-encoding")).toBe(coding || null);
      expect(response.headers.get("etag")).toBe('"e"');
      expect(response.headers.get("content-length")).toBeNull();
    }
  });

  test("a tarball as it is, whatever its type", async () => {
    const body = Buffer.from(`${upstream.url}/base/tool`);
    upstream.answers((_request, response) =>
      response
        .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
        .end(gzipSync(body)),
    );
    const response = await reader.get("/tool/-/tool-1.0.0.tgz", { "accept-encoding": "gzip" });
    expect(await response.text()).toBe(body.toString());
  });

  test("only headers about packages, for nobody but the client", async () => {
    upstream.answers(
      json(
        {},
        {
          "set-cookie": "s=1",
          "www-authenticate": "Basic",
          connection: "x-hop",
          "x-hop": "1",
          "x-internal": upstream.url,
          "strict-transport-security": "max-age=9",
          "cache-control": "public, s-maxage=60, max-age=300",
          etag: '"e"',
          "npm-notice": "hello",
        },
      ),
    );
    const { headers } = await reader.get("/tool");
    const { date, connection, "keep-alive": time, ...others } = Object.fromEntries(headers);
    expect(`${date} ${connection} ${time}`).toMatch(/GMT keep-alive timeout=/);
    expect(others).toEqual({
      "cache-control": "private, max-age=300",
      "content-security-policy": "default-src 'none'; sandbox",
      "content-type": "application/json",
      etag: '"e"',
      "npm-notice": "hello",
      "transfer-encoding": "chunked",
      "x-content-type-options": "nosniff",
    });
  });

  test("304, HEAD and part of a file as they come", async () => {
    upstream.answers((request, response) => {
      if (request.headers["if-none-match"]) return response.writeHead(304, { etag: '"e"' }).end();
      if (request.method === "HEAD")
        return response.writeHead(200, { "content-length": "9", etag: '"e"' }).end();
      return response.writeHead(206, { "content-range": "bytes 0-1/9", "content-length": "2" }).end("ab");
    });
    const file = "/tool/-/tool-1.0.0.tgz";
    const same = await reader.get("/tool", { "if-none-match": '"e"' });
    expect([same.status, same.headers.get("etag"), await same.text()]).toEqual([304, '"e"', ""]);
    const head = await reader.send("HEAD", file);
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "9"]);
    const part = await reader.get(file, { range: "bytes=0-1" });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
      206,
      "bytes 0-1/9",
      "ab",
    ]);
  });

  test("what the upstream refuses, with its sentence, but neither its address nor its credential", async () => {
    upstream.answers((request, response) =>
      response
        .writeHead(409, { "content-type": "text/plain" })
        .end(`conflict at ${upstream.url}/base/tool of ${request.headers.authorization}, ${password}.`),
    );
    const refused = await writer.send("PUT", "/tool", {});
    expect(refused.status).toBe(409);
    expect(await refused.text()).toBe(`conflict at ${ours()}/tool of Basic [redacted], [redacted].`);
  });

  test.each([401, 407])("502, not %i, when the upstream does not know its own credential", async (status) => {
    upstream.answers(json({ error: `go to ${upstream.url}` }, { "www-authenticate": "Basic" }, status));
    const refused = await writer.get("/tool");
    expect(refused.status).toBe(502);
    expect(refused.headers.get("www-authenticate")).toBeNull();
    const said = await sentence(refused);
    expect(said).toMatch(/FLY_TOKENS_GATEWAY\. Your token is good\./);
    expect(said).not.toContain(upstream.host);
  });

  test("502 with its reason when the upstream does not let its own credential do it", async () => {
    upstream.answers(json({ error: `not allowed\n at ${upstream.url}/base/tool, ${password}` }, {}, 403));
    const refused = await writer.send("PUT", "/tool", {});
    expect(refused.status).toBe(502);
    expect(await sentence(refused)).toBe(
      `The registry behind this one does not let the gateway do this (403); it says: not allowed at ${ours()}/tool, [redacted].`,
    );
  });

  test("502 when the upstream is away, without its address", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as { port: number };
    await new Promise((resolve) => gone.close(resolve));
    const npm = new Secret(`http://127.0.0.1:${port}`);
    await using other = await startRegistry({ gateway: { upstreams: { npm } } });
    const client = npmClient(other, (await other.mint()).value);
    for (const answer of [await client.get("/tool"), await client.send("PUT", "/tool", {})]) {
      expect(answer.status).toBe(502);
      expect(await sentence(answer)).not.toContain(`${port}`);
    }
  });
});

describe("where the upstream sends", () => {
  const redirect = async (location: string, method = "GET") => {
    upstream.answers((_request, response) =>
      response.writeHead(302, { location, "set-cookie": "a=b" }).end("moved"),
    );
    const answer = await writer.send(method, "/tool/-/tool-1.0.0.tgz/-rev/1");
    return `${answer.status} ${answer.headers.get("location") ?? ""}`;
  };

  test("below its base: ours", async () => {
    expect(await redirect(`${upstream.url}/base/x?y=1`)).toBe(`302 ${mount}/x?y=1`);
    expect(await redirect(`https://${upstream.host}/base/x`)).toBe(`302 ${mount}/x`);
    expect(await redirect("/base/x")).toBe(`302 ${mount}/x`);
    expect(await redirect("other.tgz")).toBe(`302 ${mount}/tool/-/tool-1.0.0.tgz/-rev/other.tgz`);
    expect(await redirect("/base/x", "DELETE")).toBe(`302 ${mount}/x`);
  });

  test("to a file store: there, for a reader; the upstream's credential goes nowhere", async () => {
    expect(await redirect("https://files.example/x?signature=1")).toBe(
      "302 https://files.example/x?signature=1",
    );
    expect(await redirect("https://files.example/x", "DELETE")).toBe("502 ");
  });

  test("nowhere else", async () => {
    for (const location of [
      "/admin",
      "/base/../admin",
      "/basement",
      "http://127.0.0.1:1/x", // where the client would take its token
      "https://user:password@files.example/x",
      "ftp://files.example/x",
      "http://[",
    ])
      expect(await redirect(location), location).toBe("502 ");
  });
});
