/** Bodies in both directions: as fast as they are taken, to their end or to none. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { createServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { proxyTo } from "../../../src/registry/gateway/proxy.ts";
import { Secret } from "../../../src/secret.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { mount } from "../npm/client.ts";
import { type FakeUpstream, json, startUpstream } from "./fake-upstream.ts";

const mebibyte = Buffer.alloc(1024 * 1024, 1);
/** What may lie in buffers on the way: those of six sockets, and of streams between them. */
const onTheWay = 48;
const large = 200;
const file = "/tool/-/tool-1.0.0.tgz";

let upstream: FakeUpstream;
let registry: TestRegistry;
let authorization: string;

beforeEach(async () => {
  upstream = await startUpstream();
  registry = await startRegistry({ gateway: { upstreams: { npm: new Secret(upstream.url) } } });
  authorization = `Bearer ${(await registry.mint()).value}`;
});
afterEach(async () => {
  await registry.close();
  await upstream[Symbol.asyncDispose]();
});

const ask = (method: string, path: string) =>
  httpRequest(`${registry.url}${mount}${path}`, { method, headers: { authorization }, agent: false });

/** Waits until a count does not rise any more. */
async function settled(count: () => number): Promise<number> {
  for (let last = -1; ; ) {
    const now = count();
    if (now === last && now > 0) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

describe("a large tarball", () => {
  test("comes as fast as the client takes it, and whole", async () => {
    let sent = 0;
    upstream.answers(async (_request, response) => {
      response.writeHead(200, { "content-length": large * mebibyte.length });
      for (sent = 0; sent < large; sent++) if (!response.write(mebibyte)) await once(response, "drain");
      response.end();
    });
    const request = ask("GET", file).end();
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    expect(await settled(() => sent)).toBeLessThan(onTheWay);
    let size = 0;
    for await (const chunk of answer) size += chunk.length;
    expect(size).toBe(large * mebibyte.length);
  });

  test("goes as fast as the upstream takes it, and whole", async () => {
    let begin: () => void = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let size = 0;
    upstream.answers(async (request, response) => {
      await begun;
      for await (const chunk of request) size += chunk.length;
      response.writeHead(201).end("{}");
    });
    const request = ask("PUT", "/tool");
    const answered = once(request, "response") as Promise<[IncomingMessage]>;
    let sent = 0;
    const sending = (async () => {
      for (; sent < large; sent++) if (!request.write(mebibyte)) await once(request, "drain");
      request.end();
    })();
    expect(await settled(() => sent)).toBeLessThan(onTheWay);
    begin();
    await sending;
    const [answer] = await answered;
    answer.resume();
    expect([answer.statusCode, size]).toEqual([201, large * mebibyte.length]);
  });
});

describe("who goes away", () => {
  test("a client that takes no more: the upstream need not send the rest", async () => {
    const gone = new Promise<void>((resolve) =>
      upstream.answers((_request, response) => {
        response.on("close", resolve).writeHead(200, { "content-length": 10 }).write("12345");
      }),
    );
    const request = ask("GET", file).end();
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    await once(answer, "data");
    request.destroy();
    await gone;
  });

  test("a client that waits no longer for an answer", async () => {
    let arrived: () => void = () => {};
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    const gone = new Promise<void>((resolve) =>
      upstream.answers((request) => {
        request.socket.on("close", () => resolve());
        arrived();
      }),
    );
    const request = ask("GET", file).end();
    request.on("error", () => {});
    await asked;
    request.destroy();
    await gone;
  });

  test("a client in the middle of a publication: the upstream gets no end of it", async () => {
    const ended = new Promise<string>((resolve) =>
      upstream.answers((request) => {
        request.on("end", () => resolve("whole")).on("error", () => resolve("broken"));
        request.resume();
      }),
    );
    const request = ask("PUT", "/tool");
    request.on("error", () => {});
    request.write("{");
    await new Promise((resolve) => setTimeout(resolve, 200));
    request.destroy();
    expect(await ended).toBe("broken");
  });

  test("an upstream in the middle of an answer: the client gets no end of it", async () => {
    for (const [path, type] of [
      [file, "application/octet-stream"],
      ["/tool", "application/json"],
    ] as const) {
      upstream.answers((_request, response) => {
        response.writeHead(200, { "content-type": type });
        response.write(" ".repeat(1000), () => response.socket?.destroy());
      });
      const response = await fetch(`${registry.url}${mount}${path}`, { headers: { authorization } });
      await expect(response.text(), path).rejects.toThrow();
    }
  });

  test("an upstream that has closed a connection which was kept: a reader does not notice", async () => {
    const sockets = new Set<Socket>();
    upstream.answers((request, response) => {
      sockets.add(request.socket);
      json({})(request, response);
    });
    const get = async () =>
      (await fetch(`${registry.url}${mount}/tool`, { headers: { authorization } })).status;
    expect(await get()).toBe(200);
    for (const socket of sockets) socket.resetAndDestroy();
    expect(await get()).toBe(200);
  });
});

describe("who keeps silent", () => {
  const short = { connect: 200, silence: 200 };
  const forward = (url: string, init?: RequestInit, wait = short) =>
    proxyTo(new Secret(url), false, wait).forward({
      request: new Request("http://tokens.example/tool", init),
      path: "/tool",
      ours: "http://tokens.example",
      isFile: false,
    });

  test("an upstream that does not answer", async () => {
    upstream.answers(() => {});
    await expect(forward(upstream.url)).rejects.toMatchObject({ status: 504 });
    await expect(forward(upstream.url, { method: "PUT", body: "{}" })).rejects.toMatchObject({ status: 504 });
  });

  test("not an upstream that begins its answer before it has the whole body, and takes its time", async () => {
    upstream.answers(async (request, response) => {
      response.writeHead(200).write("begun ");
      for await (const _chunk of request);
      for (let i = 0; i < 40; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        response.write(".");
      }
      response.end(" done");
    });
    const body = Readable.toWeb(
      Readable.from(
        (async function* () {
          yield Buffer.from("{");
          await new Promise((resolve) => setTimeout(resolve, 100));
          yield Buffer.from("}");
        })(),
      ),
    );
    const init = { method: "PUT", headers: { "content-length": "2" }, body, duplex: "half" } as RequestInit;
    const answer = await forward(upstream.url, init, { connect: 10_000, silence: 1000 });
    expect(await answer.text()).toBe(`begun ${".".repeat(40)} done`);
  });

  test("an upstream that stops in the middle", async () => {
    upstream.answers((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write("{");
    });
    const response = await forward(upstream.url);
    await expect(response.text()).rejects.toThrow();
  });

  test("an upstream that speaks something else", async () => {
    const server = createServer((socket) => socket.end("220 mail\r\n"));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as { port: number };
    await expect(forward(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ status: 502 });
    server.close();
  });
});
