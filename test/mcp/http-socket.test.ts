/** The socket in front of the door: slow clients, large headers, how many connections, and the end. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type SocketLimits, socketLimits } from "../../src/mcp/http/limits.ts";
import { listen, type Served } from "../../src/mcp/http/socket.ts";
import { authorization, openTestDoor } from "../support/door.ts";

type Fetch = Parameters<typeof listen>[0];

async function served(fetch: Fetch, limits: Partial<SocketLimits> = {}): Promise<Served & AsyncDisposable> {
  const all = { ...socketLimits, connectionsCheckingInterval: 20, ...limits };
  const at = await listen(fetch, { host: "127.0.0.1", port: 0, limits: all });
  return Object.assign(at, {
    async [Symbol.asyncDispose]() {
      at.server.closeAllConnections();
      at.server.close();
    },
  });
}

const echo: Fetch = async (asked) => new Response(await asked.text());

/** All that comes back until the other end closes. */
async function said(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => {});
  if (!socket.closed) await once(socket, "close");
  return text;
}

const open = (url: string) => connect(Number(new URL(url).port), "127.0.0.1");

describe("a method", () => {
  it.each(["TRACE", "QUERY", "PROPFIND"])("such as %s is answered 405", async (method) => {
    await using door = await openTestDoor({ tools: [] });
    await using at = await served(door.fetch);
    const headers = { authorization, connection: "close" };
    const asked = request(new URL("/mcp", at.url), { method, headers }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    expect([answer.statusCode, answer.headers.allow, door.reported]).toEqual([405, "POST", []]);
  });
});

describe("a slow client", () => {
  it("that does not get to the end of its headers is cut", async () => {
    await using at = await served(echo, { headersTimeout: 100, requestTimeout: 100 });
    const socket = open(at.url);
    socket.write("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
    expect(await said(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("that does not get to the end of its body is cut", async () => {
    await using at = await served(echo, { headersTimeout: 100, requestTimeout: 100 });
    const socket = open(at.url);
    socket.write("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n12345");
    expect(await said(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("that says nothing at all is cut", async () => {
    await using at = await served(echo, { headersTimeout: 100, requestTimeout: 100 });
    expect(await said(open(at.url))).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it("that does not read its answer is cut", async () => {
    let ended = () => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const endless = async () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(Buffer.alloc(65_536)),
          cancel: () => ended(),
        }),
      );
    await using at = await served(endless, { timeout: 200 });
    const socket = open(at.url);
    socket.on("error", () => {}).pause();
    socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await end;
    socket.destroy();
  });
});

describe("a request", () => {
  it.each([
    [
      "with headers that are too large",
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ["that is none", "HELLO\r\n\r\n", 400],
    [
      "with two lengths",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
      400,
    ],
    [
      "with a length and chunks",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["for a host that is none", "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", 400],
  ])("%s is refused, and the next is served", async (_what, bytes, status) => {
    await using at = await served(echo);
    const socket = open(at.url);
    socket.write(bytes);
    expect(await said(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(await (await fetch(at.url, { method: "POST", body: "x" })).text()).toBe("x");
  });
});

it("more connections than there may be are closed", async () => {
  await using at = await served(echo, { maxConnections: 2 });
  const sockets = [open(at.url), open(at.url)];
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  // They are counted a moment later than the client knows of them.
  const count = () => new Promise<number>((resolve) => at.server.getConnections((_, many) => resolve(many)));
  while ((await count()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await said(open(at.url))).toBe("");
  for (const socket of sockets) socket.destroy();
});

it("a port that is taken is named", async () => {
  await using at = await served(echo);
  const port = Number(new URL(at.url).port);
  await expect(listen(echo, { host: "127.0.0.1", port, limits: socketLimits })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(String(port)),
  });
});

describe("the end", () => {
  it("waits for what is running, takes nothing more, and closes what is idle", async () => {
    let go = () => {};
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await using at = await served(async () => {
      begun();
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      return new Response("done");
    });
    const idle = open(at.url);
    await once(idle, "connect");
    const answer = fetch(at.url).then((one) => one.text());
    await running;
    const end = at.stop(() => {});
    await said(idle);
    await expect(fetch(at.url)).rejects.toThrow();
    go();
    expect(await answer).toBe("done");
    await end;
  });

  it("does not wait for ever: what takes too long is told, then cut", async () => {
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await using at = await served(
      () => {
        begun();
        return new Promise<never>(() => {});
      },
      { stop: 50 },
    );
    const sent = request(at.url).end();
    const cut = once(sent, "error");
    await running;
    const told: string[] = [];
    await at.stop(() => told.push("impatient"));
    expect(told).toEqual(["impatient"]);
    await cut;
  });
});
