/** Where one message ends and the next begins, and what an upstream says beside its documents. */
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { mount } from "../npm/client.ts";
import { type RawUpstream, rawAnswer, sendRaw, startRawUpstream } from "./raw.ts";

const password = "sésame-open-123";
const basic = Buffer.from(`gateway:${password}`).toString("base64");
let upstream: RawUpstream;
let registry: TestRegistry;
let token: string;

beforeEach(async () => {
  upstream = await startRawUpstream();
  const npm = new Secret(`http://gateway:${encodeURIComponent(password)}@${upstream.host}/base`);
  registry = await startRegistry({ gateway: { upstreams: { npm } } });
  token = (await registry.mint()).value;
});
afterEach(async () => {
  await registry.close();
  await upstream[Symbol.asyncDispose]();
});

function send(method: string, path: string, headers: readonly string[] = [], body = ""): Promise<string> {
  const lines = [
    `${method} ${mount}${path} HTTP/1.1`,
    "host: tokens.example",
    "connection: close",
    `authorization: Bearer ${token}`,
    ...headers,
  ];
  return sendRaw(registry.url, `${lines.join("\r\n")}\r\n\r\n${body}`);
}

const get = (path = "/tool") => send("GET", path);
const statusOf = (answer: string) => answer.slice(9, 12);
const says = (answer: string) => upstream.answers((socket) => socket.end(Buffer.from(answer, "latin1")));
const bodyAfterHead = (request: string) => request.slice(request.indexOf("\r\n\r\n") + 4);

describe("a request never becomes two", () => {
  const second = "POST /-/npm/v1/tokens HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
  const chunked = `${second.length.toString(16)}\r\n${second}\r\n0\r\n\r\n`;

  test.each(["DELETE", "PUT"])("%s with a body of unknown length", async (method) => {
    const answer = await send(method, "/tool/-rev/1", ["transfer-encoding: chunked"], chunked);
    expect(statusOf(answer)).toBe("200");
    const [request = ""] = upstream.seen;
    expect(request.toLowerCase()).toContain("transfer-encoding: chunked\r\n");
    expect(bodyAfterHead(request)).toBe(chunked);
  });

  test("nor does a DELETE without a body get one", async () => {
    await send("DELETE", "/tool/-rev/1");
    expect(upstream.seen[0]?.toLowerCase()).not.toMatch(/transfer-encoding|content-length/);
  });

  test("nor a reader's body a part of it", async () => {
    await send("GET", "/tool", [`content-length: ${second.length}`], second);
    expect(bodyAfterHead(upstream.seen.join(""))).toBe("");
  });

  test.each([
    ["transfer-encoding: chunked", "content-length: 5"],
    ["content-length: 2", "content-length: 3"],
    ["transfer-encoding: chunked, identity"],
    ["accept: a\r\n folded: b"],
    ["accept: a\u0001b"],
  ])("what could be read in two ways is not read: %j", async (...headers) => {
    expect(statusOf(await send("PUT", "/tool", headers, "0\r\n\r\n"))).toBe("400");
    expect(upstream.seen).toEqual([]);
  });
});

describe("an upstream that answers something else", () => {
  test("another protocol: nobody waits for it", async () => {
    upstream.answers((socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
    );
    expect(statusOf(await get())).toBe("502");
  });

  test.each([
    rawAnswer("{}", ["etag: \u0001"]),
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    rawAnswer("{}", Array(20).fill(`x-a: ${"y".repeat(1000)}`)),
    rawAnswer("{}", [], "999 What"),
  ])("what cannot be read is a 502", async (answer) => {
    says(answer);
    expect(statusOf(await get())).toBe("502");
  });

  test.each([
    ["of a known length", ["content-length: 100"], "{}"],
    ["in chunks", ["transfer-encoding: chunked"], "2\r\n{}\r\n"],
    [
      "that is packed",
      ["content-encoding: gzip", "content-length: 20"],
      gzipSync("x".repeat(99)).toString("latin1").slice(0, 20),
    ],
  ])("a document %s that breaks off has no end", async (_what, headers, body) => {
    says(["HTTP/1.1 200 OK", "content-type: application/json", ...headers, "", body].join("\r\n"));
    const answer = await get();
    expect(answer.toLowerCase()).toContain("transfer-encoding: chunked");
    expect(answer).not.toMatch(/0\r\n\r\n$/);
  });

  test("a file of unknown length, too, where the connection is reset", async () => {
    upstream.answers((socket) =>
      socket.write("HTTP/1.1 200 OK\r\n\r\nhalf", () => setTimeout(() => socket.resetAndDestroy(), 50)),
    );
    expect(await get("/tool/-/tool-1.0.0.tgz")).toMatch(/half\r\n$/);
    says("HTTP/1.1 200 OK\r\n\r\nwhole");
    expect(await get("/tool/-/tool-1.0.0.tgz")).toMatch(/whole\r\n0\r\n\r\n$/);
  });

  test("a reason for its 403 that is packed", async () => {
    const packed = gzipSync(JSON.stringify({ error: "frozen until Monday" })).toString("latin1");
    says(rawAnswer(packed, ["content-type: application/json", "content-encoding: gzip"], "403 Forbidden"));
    expect(await get()).toContain("it says: frozen until Monday.");
  });

  test("a coding in capitals is unpacked", async () => {
    const packed = gzipSync(`{"at":"http://${upstream.host}/base/x"}`).toString("latin1");
    says(rawAnswer(packed, ["content-type: application/json", "content-encoding: GZIP"]));
    expect(statusOf(await get())).toBe("200");
  });
});

describe("neither the upstream's address nor its credential comes back", () => {
  const secrets = () => new RegExp(`${upstream.host}|s.{1,2}same-open|${basic}`, "i");
  const told = () =>
    `Basic ${basic} for gateway, ${Buffer.from(password).toString("latin1")}, at http://${upstream.host}/base`;

  test.each([
    ["content-type: application/octet-stream"],
    ["content-type: application/xml"],
    ["x-no-type: 1"],
  ])("in an error of whatever type: %s", async (header) => {
    says(rawAnswer(told(), [header], "500 Oops"));
    const answer = await get("/tool/-/tool-1.0.0.tgz");
    expect(answer).toContain("Basic [redacted] for gateway, [redacted], at http://tokens.example/");
    expect(answer).not.toMatch(secrets());
  });

  test("in a reason phrase", async () => {
    says(rawAnswer("", [], `400 no ${told()}`));
    const answer = await get();
    expect(answer).toContain("400 no Basic [redacted] for gateway");
    expect(answer).not.toMatch(secrets());
  });

  test("in headers that people read", async () => {
    says(rawAnswer("{}", [`warning: 199 - "${told()}"`, `npm-notice: see http://${upstream.host}/base/x`]));
    const answer = await get();
    expect(answer).toContain(`npm-notice: see http://tokens.example${mount}/x`);
    expect(answer).not.toMatch(secrets());
  });

  test("in another case", async () => {
    says(
      rawAnswer(`${basic.toUpperCase()} ${basic.toLowerCase()}`, ["content-type: text/plain"], "500 Oops"),
    );
    const answer = await get();
    expect(answer).toContain("[redacted] [redacted]");
    expect(answer).not.toMatch(secrets());
  });

  test.each([encodeURIComponent(password), basic])("in a redirect: %s", async (secret) => {
    says(rawAnswer("", [`location: https://files.example/x?token=${secret}`], "302 Found"));
    const answer = await get();
    expect(statusOf(answer)).toBe("502");
    expect(answer).not.toContain(secret);
  });
});
