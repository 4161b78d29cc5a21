import { serve } from "@hono/node-server";
import { httpHandler } from "../mcp/http.ts";
import { createMcpServer } from "../mcp/server.ts";
import { Problem } from "../problem.ts";
import type { Command } from "./command.ts";
import { serving } from "./server-parts.ts";
import { untilSignal } from "./signal.ts";

export const command: Command = {
  about: "MCP server on http://127.0.0.1:7410/mcp",
  flags: { port: { type: "string" } },
  async run(invocation) {
    const { http_token } = invocation.config;
    if (!http_token)
      throw new Problem(
        "not_configured",
        "Serving over HTTP needs a bearer.",
        "Set FLY_TOKENS_HTTP_TOKEN to a random text of at least 16 characters, and give it to the client.",
      );
    const port = Number(invocation.flags.port ?? 7410);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new Problem("invalid_input", "The port must be a number from 0 to 65535.", "Correct --port.");
    const { parts, close } = serving(invocation);
    const handler = httpHandler(() => createMcpServer(parts), http_token, parts.outgoing, parts.report);
    const server = serve(
      {
        fetch: (request) => handler.fetch(request),
        hostname: "127.0.0.1",
        port,
        serverOptions: { maxHeaderSize: 16_384, requestTimeout: 60_000, headersTimeout: 10_000 },
      },
      (at) => {
        process.stderr.write(`fly-tokens: MCP at http://127.0.0.1:${at.port}/mcp\n`);
      },
    );
    await untilSignal(server);
    await new Promise((resolve) => server.close(resolve));
    await handler.close();
    await close();
    return 0;
  },
};
