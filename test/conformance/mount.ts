/**
 * The server that the conformance suites are run against: the product's own factory and HTTP handler, guards included, on
 * 127.0.0.1, with the fixtures beside the product's tools. The suites send no bearer, so it is as with `--anonymous`.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { NotAdmitted } from "../../src/callers/caller.ts";
import { serving } from "../../src/commands/server-parts.ts";
import { loadConfig } from "../../src/config.ts";
import { openLog } from "../../src/log.ts";
import { openDoor } from "../../src/mcp/http/door.ts";
import { limits } from "../../src/mcp/http/limits.ts";
import { Metrics } from "../../src/mcp/http/metrics.ts";
import { realSeams } from "../../src/seams.ts";
import { tempHome } from "../support/home.ts";
import { createServerWithFixtures } from "./fixtures/index.ts";

export interface Mount extends AsyncDisposable {
  url: string;
}

export async function openMount(): Promise<Mount> {
  const home = await tempHome();
  const env = { HOME: home.path, FLY_TOKENS_HOME: home.at("ours"), FLY_TOKENS_LOG: "silent" };
  const seams = { ...realSeams(), home: home.path, cwd: home.path, env };
  const { platform } = seams;
  const config = loadConfig({ flags: {}, env, cwd: home.path, home: home.path, platform });
  const { parts, close } = serving({
    commands: {},
    config,
    seams,
    log: openLog("silent"),
    flags: {},
    positionals: [],
  });
  const door = openDoor({
    build: () => createServerWithFixtures(parts),
    exposure: { hosts: undefined, origins: [], remote: false, anonymous: true, resource: undefined },
    admission: () => Promise.reject(new NotAdmitted("unknown")),
    outgoing: parts.outgoing,
    limits: { ...limits, rate: undefined },
    metrics: new Metrics("0.0.0-test"),
    report: parts.report,
    note: () => {},
  });
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => door.fetch(request, "127.0.0.1"),
  });
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async [Symbol.asyncDispose]() {
      await door.close();
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await close();
      await home[Symbol.asyncDispose]();
    },
  };
}
