/**
 * The server that the conformance suites are run against: the product's own factory and HTTP handler, guards included, on
 * 127.0.0.1, with the fixtures beside the product's tools. The suites send no bearer, so it is put in front of the handler.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { serving } from "../../src/commands/server-parts.ts";
import { loadConfig } from "../../src/config.ts";
import { openLog } from "../../src/log.ts";
import { httpHandler } from "../../src/mcp/http.ts";
import { createMcpServer } from "../../src/mcp/server.ts";
import { realSeams } from "../../src/seams.ts";
import { Secret } from "../../src/secret.ts";
import { tempHome } from "../support/home.ts";
import { withFixtures } from "./fixtures/index.ts";

export interface Mount extends AsyncDisposable {
  url: string;
}

export async function openMount(): Promise<Mount> {
  const home = await tempHome();
  const env = { HOME: home.path, FLY_TOKENS_HOME: home.at("ours"), FLY_TOKENS_LOG: "silent" };
  const seams = { ...realSeams(), home: home.path, cwd: home.path, env };
  const { platform } = seams;
  const config = loadConfig({ flags: {}, env, cwd: home.path, home: home.path, platform });
  const { parts, close } = serving({ config, seams, log: openLog("silent"), flags: {}, positionals: [] });
  const bearer = "the-bearer-of-the-test-mount";
  const handler = httpHandler(
    () => withFixtures(createMcpServer(parts), parts.context),
    new Secret(bearer),
    parts.outgoing,
    parts.report,
  );
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const headers = new Headers(request.headers);
      headers.set("authorization", `Bearer ${bearer}`);
      return handler.fetch(new Request(request, { headers }));
    },
  });
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async [Symbol.asyncDispose]() {
      await handler.close();
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await close();
      await home[Symbol.asyncDispose]();
    },
  };
}
