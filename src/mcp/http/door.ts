/**
 * The HTTP server as a function from Request to Response: who is called by what name, who may come in, what a call may
 * take; and whatever leaves passes the one door, headers and refusals included. Between two requests it remembers nothing
 * but what its limits count, so that a second one behind the same balancer answers as well.
 */
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";
import type { Admission } from "../../callers/caller.ts";
import type { Exposure } from "../../callers/exposure.ts";
import { tokenScopes } from "../../callers/scopes.ts";
import type { Outgoing } from "../redact.ts";
import { refusal, text, wrongMethod } from "./answers.ts";
import { authenticator } from "./authenticate.ts";
import { passed } from "./body.ts";
import { type Answer, Calls } from "./call.ts";
import { Guard } from "./guard.ts";
import type { Limits } from "./limits.ts";
import { metadata, metadataPaths } from "./metadata.ts";
import type { Metrics, Route } from "./metrics.ts";

export interface DoorOptions {
  build: () => McpServer;
  exposure: Pick<Exposure, "hosts" | "origins" | "remote" | "anonymous" | "resource">;
  /** Who may come in; not asked where `exposure.anonymous`. */
  admission: Admission;
  /** The authorization server whose access tokens are taken. */
  issuer?: string | undefined;
  outgoing: Outgoing;
  limits: Limits;
  metrics: Metrics;
  running?: ReadonlySet<unknown>;
  /** Faults of ours. */
  report: (error: unknown) => void;
  /** Who is not let in, and requests that are none. */
  note: (line: Record<string, unknown>) => void;
}

export interface Door {
  /** @param address of the other end of the connection: a client's, or a proxy's */
  fetch(request: Request, address: string): Promise<Response>;
  /** From now on /healthz says so, and every answer closes its connection. */
  drain(): void;
  endSubscriptions(): Promise<void>;
  /** Ends the calls that still run. */
  abort(): void;
  close(): Promise<void>;
}

export function openDoor(options: DoorOptions): Door {
  const { exposure, issuer, outgoing, limits, metrics, report, note } = options;
  const guard = new Guard(exposure);
  const found =
    issuer === undefined || exposure.resource === undefined
      ? undefined
      : { issuer, resource: exposure.resource };
  const known: Record<string, Route> = { "/mcp": "mcp", "/metrics": "metrics", "/healthz": "healthz" };
  for (const path of found ? metadataPaths(found) : []) known[path] = "metadata";
  const authenticate = authenticator({
    admission: exposure.anonymous ? undefined : options.admission,
    resource: found?.resource,
    limits,
    metrics,
    note,
  });
  const handlers = [0, 1].map(() =>
    createMcpHandler(options.build, {
      maxRequestBodySize: limits.body,
      maxSubscriptions: limits.subscriptions,
      // What clients do wrong is no fault of ours; what tools do wrong is reported by them.
      onerror: ({ name, message }) => note({ http: "refused by the SDK", error: name, message }),
    }),
  ) as [ReturnType<typeof createMcpHandler>, ReturnType<typeof createMcpHandler>];
  const [calls, streams] = handlers;
  const inside = new Calls({ calls, streams, limits, metrics, running: options.running ?? new Set() });
  let draining = false;

  const inMcp = async (request: Request, address: string): Promise<Answer> => {
    const early = guard.host(request) ?? guard.origin(request) ?? guard.preflight(request);
    if (early) return { response: early };
    const caller = await authenticate(request, address, tokenScopes);
    return caller instanceof Response ? { response: caller } : inside.answer(request, caller);
  };
  const inMetrics = async (request: Request, address: string): Promise<Response> => {
    // Beyond loopback whoever scrapes comes by an address of its own, and a page elsewhere has no bearer to send.
    const foreign = (exposure.remote ? undefined : guard.host(request)) ?? guard.origin(request);
    if (foreign) return foreign;
    if (!isRead(request)) return wrongMethod("GET, HEAD");
    const caller = await authenticate(request, address, ["metrics:read"]);
    if (caller instanceof Response) return caller;
    const gauges = { inFlight: inside.open.size, subscriptions: inside.subscriptions.size };
    return new Response(metrics.text(gauges), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    });
  };
  const answers: Record<Route, (request: Request, address: string) => Promise<Answer> | Answer> = {
    mcp: inMcp,
    metrics: async (request, address) => ({ response: await inMetrics(request, address) }),
    // A balancer asks under whatever name it likes, and learns one word.
    healthz: (request) => ({
      response: !isRead(request)
        ? wrongMethod("GET, HEAD")
        : draining
          ? text(503, "draining")
          : text(200, "ok"),
    }),
    metadata: (request) => ({
      response: guard.host(request) ?? (found ? metadata(request, found) : text(404, "Not found")),
    }),
    other: (request) => ({
      response: guard.host(request) ?? guard.origin(request) ?? text(404, "Not found"),
    }),
  };

  return {
    async fetch(request, address) {
      const path = new URL(request.url).pathname;
      const route = Object.hasOwn(known, path) ? (known[path] ?? "other") : "other";
      const answer = await Promise.resolve(answers[route](request, address)).catch(
        (error: unknown): Answer => {
          report(error);
          return { response: refusal(500, "Internal error") };
        },
      );
      const { response, exchange, last } = answer;
      metrics.answered(route, response.status);
      const headers = new Headers(route === "mcp" ? guard.cors(request) : {});
      for (const [name, value] of response.headers) headers.set(name, outgoing.clean(value));
      headers.delete("content-length"); // of what it was before it was cleaned
      if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
      headers.set("x-content-type-options", "nosniff");
      if (draining) headers.set("connection", "close");
      const body = passed(response.body, {
        clean: (line) => outgoing.clean(line),
        ended: () => exchange?.end(),
        report,
        ...(last && response.headers.get("content-type")?.startsWith("text/event-stream") && { last }),
      });
      return new Response(body, { status: response.status, headers });
    },
    drain() {
      draining = true;
    },
    endSubscriptions: () => inside.endSubscriptions(),
    abort: () => inside.open.abort(),
    close: async () => {
      await Promise.all(handlers.map((handler) => handler.close()));
    },
  };
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}
