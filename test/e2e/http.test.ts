/** `fly-tokens http`: who may come in, and that those who may find the same server. */
import { request } from "node:http";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, test } from "vitest";
import { tools } from "../../tools/index.generated.ts";
import { resultOf } from "./agent.ts";
import { bundle, listens, type Machine, openMachine } from "./machine.ts";

const bearer = "a-bearer-of-this-test";
const authorization = `Bearer ${bearer}`;

/** Starts it at a free port. */
async function serve(machine: Machine) {
  const program = machine.start(process.execPath, [bundle, "http", "--port", "0"], {
    FLY_TOKENS_HTTP_TOKEN: bearer,
  });
  const [, url = ""] = await program.said(/MCP at (http:\S+)/);
  return { program, url };
}

/** A request whose every header is as given: fetch would not send a foreign Host. */
function post(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
  const own = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers: { ...own, ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    sent.on("error", reject).end(body);
  });
}

describe("http", () => {
  test.each([
    ["no", undefined],
    ["a short", "short"],
  ])("does not start with %s bearer in its environment", async (_, token) => {
    await using machine = await openMachine();
    const env = token === undefined ? {} : { FLY_TOKENS_HTTP_TOKEN: token };
    const { code, stdout, stderr } = await machine.flyTokens(["http", "--port", "0"], { env });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("FLY_TOKENS_HTTP_TOKEN");
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
      const answer = await post(url, headers);
      expect(answer.status, JSON.stringify(headers)).toBe(status);
      expect(answer.body).not.toContain(bearer);
    }
    expect((await post(new URL("/", url).href, { authorization })).status).toBe(404);
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
});
