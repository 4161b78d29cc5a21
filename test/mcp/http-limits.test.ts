/** What a caller may take: each limit is reached, and whoever keeps within is served all the same. */
import { createHash } from "node:crypto";
import type { McpServer } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineTool } from "../../src/tool.ts";
import { authorization, callOf, openTestDoor, post, request } from "../support/door.ts";

/** A tool that goes on until it is let go, and what became of its outputs. */
function waiting() {
  const waits: (() => void)[] = [];
  const begun: (() => void)[] = [];
  const lost: number[] = [];
  let count = 0;
  return {
    lost,
    letGo: () => {
      for (const go of waits.splice(0)) go();
    },
    /** Resolves when so many have begun. */
    running: async (many: number) => {
      while (count < many) await new Promise<void>((resolve) => begun.push(resolve));
    },
    tool: defineTool({
      name: "wait",
      title: "Wait",
      description: "For these tests.",
      effect: "create",
      input: z.object({}),
      output: z.object({ number: z.number() }),
      async run() {
        count += 1;
        const number = count;
        for (const tell of begun.splice(0)) tell();
        await new Promise<void>((resolve) => waits.push(resolve));
        return { number };
      },
      async lost({ number }) {
        lost.push(number as number);
      },
      say: ({ number }) => `${number}`,
    }),
  };
}

const until = async (is: () => boolean) => {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const other = "bearer-of-another";
const callers = {
  other: {
    sha256: createHash("sha256").update(other).digest("hex"),
    scopes: ["tokens:read", "tokens:write"],
  },
};
const byOther = { authorization: `Bearer ${other}` };

describe("a body", () => {
  const long = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { x: "x".repeat(2000) } });

  it.each([
    ["that says how long it is", () => post({ "content-length": String(long.length) }, long)],
    ["that does not say it", () => post({}, long)],
    [
      "that never ends",
      () => {
        const body = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(512, " ")) });
        return request("/mcp", {}, { method: "POST", body, duplex: "half" } as RequestInit);
      },
    ],
  ])("%s and is too large is refused", async (_what, make) => {
    await using door = await openTestDoor({ tools: [], limits: { body: 1024 } });
    const response = await door.fetch(make());
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { message: "The request's body is too large" } });
    expect((await door.fetch(post())).status).toBe(200);
  });

  it("of somebody without a bearer is not even read", async () => {
    await using door = await openTestDoor({ tools: [] });
    const body = new ReadableStream(
      {
        pull() {
          throw new Error("read");
        },
      },
      { highWaterMark: 0 },
    );
    const asked = request("/mcp", { authorization: undefined }, {
      method: "POST",
      body,
      duplex: "half",
    } as RequestInit);
    expect((await door.fetch(asked)).status).toBe(401);
  });

  it("that breaks off is no fault of ours", async () => {
    await using door = await openTestDoor({ tools: [] });
    const body = new ReadableStream({ start: (controller) => controller.error(new Error("gone")) });
    const asked = request("/mcp", {}, { method: "POST", body, duplex: "half" } as RequestInit);
    expect((await door.fetch(asked)).status).toBe(400);
    expect(door.reported).toEqual([]);
  });
});

describe("calls at once", () => {
  it("are so many; more are told when to come again, and are served then", async () => {
    const { tool, running, letGo } = waiting();
    await using door = await openTestDoor({ tools: [tool], limits: { atOnce: 2, atOnceEach: 2 } });
    const calls = [1, 2].map((id) => door.fetch(post({}, callOf("wait", {}, id))).then((one) => one.text()));
    await running(2);
    const refused = await door.fetch(post());
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await door.fetch(request("/healthz"))).status).toBe(200);
    letGo();
    for (const text of await Promise.all(calls)) expect(text).toContain('"number"');
    expect((await door.fetch(post())).status).toBe(200);
  });

  it("of one caller do not take the place of all others", async () => {
    const { tool, running, letGo } = waiting();
    await using door = await openTestDoor({ tools: [tool], callers, limits: { atOnce: 4, atOnceEach: 1 } });
    const first = door.fetch(post({}, callOf("wait"))).then((one) => one.text());
    await running(1);
    expect((await door.fetch(post())).status).toBe(429);
    expect((await door.fetch(post(byOther))).status).toBe(200);
    letGo();
    await first;
  });

  it("are all that a batch has", async () => {
    const { tool, running, letGo } = waiting();
    await using door = await openTestDoor({ tools: [tool], callers, limits: { atOnce: 4, atOnceEach: 3 } });
    const batch = (many: number) =>
      `[${Array.from({ length: many }, (_, id) => callOf("wait", {}, id)).join(",")}]`;
    expect((await door.fetch(post({}, batch(4)))).status).toBe(413);
    const first = door.fetch(post({}, batch(2))).then((one) => one.text());
    await running(2);
    const refused = await door.fetch(post({}, batch(2)));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await door.fetch(post())).status).toBe(200);
    expect((await door.fetch(post(byOther))).status).toBe(200);
    letGo();
    expect(await first).toContain('"number"');
  });

  it("may be left by their client, which is no fault of ours", async () => {
    const { tool, running, letGo, lost } = waiting();
    await using door = await openTestDoor({ tools: [tool] });
    const reader = (await door.fetch(post({}, callOf("wait")))).body?.getReader();
    const reading = reader?.read();
    await running(1);
    await reader?.cancel();
    await reading;
    letGo();
    await until(() => lost.length > 0);
    expect(door.reported).toEqual([]);
  });

  it("count for as long as they run, although nobody waits for them any more", async () => {
    const { tool, running, letGo, lost } = waiting();
    await using door = await openTestDoor({ tools: [tool], limits: { atOnce: 1 } });
    const gone = new AbortController();
    const response = await door.fetch(post({}, callOf("wait"), { signal: gone.signal }));
    await running(1);
    gone.abort();
    await response.text().catch(() => {});
    expect((await door.fetch(post())).status).toBe(503);
    letGo();
    await until(() => lost.length > 0);
    // Its last steps are still to come.
    while ((await door.fetch(post())).status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe("a call that takes too long", () => {
  it("is ended, says so, and what it made is taken back", async () => {
    const { tool, running, letGo, lost } = waiting();
    await using door = await openTestDoor({ tools: [tool], limits: { answer: 1500 } });
    const response = await door.fetch(post({}, callOf("wait", {}, "late")));
    await running(1);
    const text = await response.text();
    expect(text).toContain('"id":"late"');
    expect(text).toContain("took too long");
    letGo();
    await until(() => lost.length === 1);
  });

  it("is a 504 for a client of 2026-07-28", async () => {
    const { tool, running, letGo, lost } = waiting();
    await using door = await openTestDoor({ tools: [tool], limits: { answer: 1500 } });
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const call = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "wait", arguments: {}, _meta: meta },
    };
    const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "wait" };
    const answer = door.fetch(post(headers, JSON.stringify(call)));
    await running(1);
    expect((await answer).status).toBe(504);
    letGo();
    await until(() => lost.length === 1);
  });
});

describe("the rate of a caller", () => {
  const limits = { rate: { perSecond: 0.001, burst: 3 } };

  it("is its own", async () => {
    await using door = await openTestDoor({ tools: [], callers, limits });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await door.fetch(post())).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(Number((await door.fetch(post())).headers.get("retry-after"))).toBeGreaterThan(1);
    expect((await door.fetch(post(byOther))).status).toBe(200);
  });

  it("counts each message of a batch", async () => {
    await using door = await openTestDoor({ tools: [], callers, limits });
    const batch = `[${[1, 2].map((id) => JSON.stringify({ jsonrpc: "2.0", id, method: "ping" })).join(",")}]`;
    expect((await door.fetch(post({}, batch))).status).toBe(200);
    expect((await door.fetch(post({}, batch))).status).toBe(429);
  });
});

describe("bearers that are not valid", () => {
  const wrong = { authorization: "Bearer wrong" };
  const limits = { failures: { perSecond: 0.001, burst: 2 } };

  it("are slowed down by address, and never keep a valid one out", async () => {
    await using door = await openTestDoor({ tools: [], limits });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1)
      statuses.push((await door.fetch(post(wrong), "192.0.2.1")).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await door.fetch(post(wrong), "192.0.2.2")).status).toBe(401);
    expect((await door.fetch(post(), "192.0.2.1")).status).toBe(200);
    // The log is told of as many as there were, and of no bearer.
    expect(door.noted.filter(({ http }) => http === "not let in")).toHaveLength(3);
    expect(JSON.stringify(door.noted)).not.toContain("wrong");
  });

  it("are another thing than none: a client asks without one to find out that it needs one", async () => {
    await using door = await openTestDoor({ tools: [], limits });
    for (let index = 0; index < 5; index += 1)
      expect((await door.fetch(post({ authorization: undefined }))).status).toBe(401);
  });
});

describe("at the end", () => {
  it("/healthz says so at once, and every answer closes its connection", async () => {
    await using door = await openTestDoor({ tools: [] });
    const asked = () => door.fetch(request("/healthz", { authorization: undefined, host: "any.example" }));
    const before = await asked();
    expect([before.status, await before.text()]).toEqual([200, "ok\n"]);
    door.door.drain();
    const after = await asked();
    expect([after.status, await after.text()]).toEqual([503, "draining\n"]);
    const call = await door.fetch(post());
    expect([call.status, call.headers.get("connection")]).toEqual([200, "close"]);
    expect((await door.fetch(request("/healthz", {}, { method: "POST" }))).status).toBe(405);
  });

  it("calls that still run are ended, and what they made is taken back", async () => {
    const { tool, running, letGo, lost } = waiting();
    await using door = await openTestDoor({ tools: [tool] });
    const answer = door.fetch(post({ authorization }, callOf("wait"))).then((one) => one.text());
    await running(1);
    door.door.abort();
    await answer;
    letGo();
    await until(() => lost.length === 1);
  });
});

describe("a subscription", () => {
  // Our own lists never change, so that ours ends at once; this one is of a server whose list does.
  const onBuild = (server: McpServer) => server.server.registerCapabilities({ tools: { listChanged: true } });
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const listen = (init: RequestInit = {}) =>
    post(
      { "mcp-protocol-version": "2026-07-28", "mcp-method": "subscriptions/listen" },
      JSON.stringify({
        jsonrpc: "2.0",
        id: "stream",
        method: "subscriptions/listen",
        params: { notifications: { toolsListChanged: true }, _meta: meta },
      }),
      init,
    );
  const openOnes = async (fetch: (asked: Request) => Promise<Response>) =>
    /^fly_tokens_http_subscriptions (\d+)$/m.exec(await (await fetch(request("/metrics"))).text())?.[1];

  it("is no call: it takes nobody's place, and ends when its client goes", async () => {
    await using door = await openTestDoor({ tools: [], onBuild, limits: { atOnce: 1 } });
    const gone = new AbortController();
    const response = await door.fetch(listen({ signal: gone.signal }));
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(await openOnes(door.fetch)).toBe("1");
    expect((await door.fetch(post())).status).toBe(200);
    gone.abort();
    await response.text().catch(() => "");
    expect(await openOnes(door.fetch)).toBe("0");
  });

  it("is closed after its time; the client opens another", async () => {
    await using door = await openTestDoor({ tools: [], onBuild, limits: { subscription: 50 } });
    await (await door.fetch(listen())).text();
    expect(await openOnes(door.fetch)).toBe("0");
  });

  it("is one of so many", async () => {
    await using door = await openTestDoor({ tools: [], onBuild, limits: { subscriptions: 1 } });
    const first = await door.fetch(listen());
    expect(await (await door.fetch(listen())).text()).toContain("limit");
    await door.door.endSubscriptions();
    await first.text();
  });

  it("is told of the end of the program, while calls go on", async () => {
    await using door = await openTestDoor({ tools: [], onBuild });
    const stream = await door.fetch(listen());
    await door.door.endSubscriptions();
    expect(await stream.text()).toContain('"id":"stream"');
    expect((await door.fetch(listen())).status).toBe(503);
    expect((await door.fetch(post())).status).toBe(200);
  });
});
