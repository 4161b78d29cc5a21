/** The HTTP door around a server of a test's own, as a function: no socket. `await using entry = await openTestDoor(…)`. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { McpServer } from "@modelcontextprotocol/server";
import { admission } from "../../src/callers/admission.ts";
import { knownBearers } from "../../src/callers/bearers.ts";
import type { Exposure } from "../../src/callers/exposure.ts";
import { issuerKeys } from "../../src/callers/issuer-keys.ts";
import type { Config } from "../../src/config.ts";
import { type Door, openDoor } from "../../src/mcp/http/door.ts";
import { type Limits, limits } from "../../src/mcp/http/limits.ts";
import { Metrics } from "../../src/mcp/http/metrics.ts";
import { offerOf } from "../../src/mcp/offers.ts";
import { Outgoing } from "../../src/mcp/redact.ts";
import { createMcpServer } from "../../src/mcp/server.ts";
import { Secret } from "../../src/secret.ts";
import type { Tool } from "../../src/tool.ts";
import type { TestIssuer } from "./issuer.ts";
import { type ClientOptions, openWorld } from "./world.ts";

/** The operator's, at every test door. */
export const bearer = "a-bearer-of-more-than-16-characters";
export const authorization = `Bearer ${bearer}`;

export interface DoorWish {
  tools: readonly Tool[];
  exposure?: Partial<Exposure>;
  callers?: Config["http_callers"];
  issuer?: TestIssuer;
  limits?: Partial<Limits>;
  /** Looks at each server, or adds to it. */
  onBuild?: (server: McpServer) => void;
}

export interface TestDoor extends AsyncDisposable {
  door: Door;
  /** Faults of ours. */
  reported: unknown[];
  /** What was noted of those who are not let in. */
  noted: Record<string, unknown>[];
  /** The bodies of all answers that clients of `connect` have had. */
  bodies: string[];
  fetch(request: Request, address?: string): Promise<Response>;
  /** A client that comes with the operator's bearer. */
  connect(era: ClientOptions["era"]): Promise<Client>;
}

export async function openTestDoor({
  tools,
  exposure,
  callers = {},
  issuer,
  ...wish
}: DoorWish): Promise<TestDoor> {
  const world = await openWorld();
  const outgoing = new Outgoing();
  const reported: unknown[] = [];
  const noted: Record<string, unknown>[] = [];
  const bodies: string[] = [];
  const running = new Set<Promise<unknown>>();
  const metrics = new Metrics("0.0.0-test");
  const report = (error: unknown) => reported.push(error);
  const now = () => new Date();
  const resource = exposure?.resource ?? "https://tokens.example.com/mcp";
  const oauth = issuer && {
    issuer: issuer.url,
    audience: [resource],
    keys: issuerKeys({ issuer: issuer.url, fetch: issuer.fetch, now, report, cooldown: 0 }),
    now,
  };
  const door = openDoor({
    build: () => {
      const server = createMcpServer({
        version: "0.0.0-test",
        tools: tools.map(offerOf),
        prompts: [],
        outgoing,
        readOnly: false,
        unadvertised: [],
        context: async () => world.context,
        running,
        observe: metrics.called.bind(metrics),
        report,
      });
      wish.onBuild?.(server);
      return server;
    },
    exposure: { hosts: undefined, origins: [], remote: false, anonymous: false, resource, ...exposure },
    admission: admission(knownBearers(callers, new Secret(bearer)), oauth),
    issuer: issuer?.url,
    outgoing,
    limits: { ...limits, ...wish.limits },
    metrics,
    running,
    report,
    note: (line) => noted.push(line),
  });
  const fetchFrom = (request: Request, address = "127.0.0.1") => door.fetch(request, address);
  return {
    door,
    reported,
    noted,
    bodies,
    fetch: fetchFrom,
    async connect(era) {
      const client = new Client(
        { name: "test", version: "1" },
        era === "modern" ? { versionNegotiation: { mode: "auto" } } : {},
      );
      const fetch = async (url: string | URL, init?: RequestInit) => {
        const response = await fetchFrom(new Request(url, init));
        const body = await response.text();
        bodies.push(body);
        return new Response(body === "" ? null : body, response);
      };
      const requestInit = { headers: { authorization, host: "127.0.0.1:7410" } };
      await client.connect(
        new StreamableHTTPClientTransport(new URL("http://127.0.0.1:7410/mcp"), { fetch, requestInit }),
      );
      return client;
    },
    async [Symbol.asyncDispose]() {
      door.abort();
      await door.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

/** `tools/call` as a client of 2025 sends it. */
export function callOf(name: string, args: object = {}, id: number | string = 1): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } });
}

type Headers = Record<string, string | undefined>;

/** A request with the operator's bearer; `undefined` takes a header out. */
export function post(headers: Headers = {}, body = list, init: RequestInit = {}): Request {
  return request("/mcp", headers, { method: "POST", body, ...init });
}

export function request(path: string, headers: Headers = {}, init: RequestInit = {}): Request {
  const given = Object.entries({
    host: "127.0.0.1:7410",
    authorization,
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    ...headers,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]));
  return new Request(new URL(path, "http://127.0.0.1:7410"), { ...init, headers: given });
}
