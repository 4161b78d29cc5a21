/**
 * MCP over Streamable HTTP in its smallest honest form: loopback alone, Host and Origin checked, and a bearer required,
 * since any page in a browser and any user of the machine can reach a loopback port.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpServer,
  originValidationResponse,
} from "@modelcontextprotocol/server";
import type { Secret } from "../secret.ts";
import type { Outgoing } from "./redact.ts";

/** Requests to responses at the path `/mcp`. */
export function httpHandler(
  build: () => McpServer,
  bearer: Secret,
  outgoing: Outgoing,
  report: (error: unknown) => void,
): { fetch(request: Request): Promise<Response>; close(): Promise<void> } {
  const handler = createMcpHandler(build, { onerror: report });
  const expected = sha256(`Bearer ${bearer.reveal()}`);
  return {
    close: () => handler.close(),
    async fetch(request) {
      const foreign =
        hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
        originValidationResponse(request, localhostAllowedOrigins());
      if (foreign) return foreign;
      if (new URL(request.url).pathname !== "/mcp") return new Response("Not found\n", { status: 404 });
      if (!timingSafeEqual(sha256(request.headers.get("authorization") ?? ""), expected)) {
        return new Response("Unauthorized\n", {
          status: 401,
          headers: { "www-authenticate": 'Bearer realm="fly-tokens"' },
        });
      }
      return cleaned(await handler.fetch(request), outgoing);
    },
  };
}

/** Every line of a body (a JSON text, or an event of a stream) passes the one door. */
function cleaned(response: Response, outgoing: Outgoing): Response {
  if (!response.body) return response;
  let rest = "";
  const lines = new TransformStream<string, string>({
    transform(chunk, controller) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) controller.enqueue(`${outgoing.clean(line)}\n`);
    },
    flush(controller) {
      if (rest) controller.enqueue(outgoing.clean(rest));
    },
  });
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  const body = response.body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
    .pipeThrough(lines)
    .pipeThrough(new TextEncoderStream());
  return new Response(body, { status: response.status, headers });
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
