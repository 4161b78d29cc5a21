import { setTimeout as pause } from "node:timers/promises";
import { type Exposure, exposureOf } from "../callers/exposure.ts";
import { openDoor } from "../mcp/http/door.ts";
import { type Limits, limits, socketLimits } from "../mcp/http/limits.ts";
import { Metrics } from "../mcp/http/metrics.ts";
import { listen } from "../mcp/http/socket.ts";
import { createMcpServer } from "../mcp/server.ts";
import { version } from "../version.ts";
import type { Command } from "./command.ts";
import { admissionFor } from "./http/admission.ts";
import { numberIn } from "./number.ts";
import { serving } from "./server-parts.ts";
import { untilSignal } from "./signal.ts";

/** Seconds in which balancers notice that this one is about to end; on loopback there is none. */
const drainBeyondLoopback = 5;

const alone =
  "FLY_TOKENS_DATABASE_URL is the local registry's alone; with FLY_TOKENS_HTTP_KEY replicas share their state there";

export const command: Command = {
  about: "MCP server over HTTP, by default on http://127.0.0.1:7410/mcp",
  takes: 0,
  flags: {
    port: { type: "string" },
    anonymous: { type: "boolean" },
    drain: { type: "string" },
    rate: { type: "string" },
  },
  async run(invocation) {
    const { config, flags, log } = invocation;
    const port = numberIn(flags.port, "port", 65_535);
    const exposure = exposureOf(config, { port, anonymous: flags.anonymous === true });
    const drain = numberIn(flags.drain, "drain", 600) ?? (exposure.remote ? drainBeyondLoopback : 0);
    const rate = numberIn(flags.rate, "rate", 1_000_000);
    const { admission, lines: who } = await admissionFor(exposure, invocation);
    const { parts, close } = serving(invocation, { remote: exposure.remote, replica: true });
    const metrics = new Metrics(version);
    const observed = { ...parts, observe: metrics.called.bind(metrics) };
    const door = openDoor({
      build: () => createMcpServer(observed),
      exposure,
      admission,
      issuer: config.oauth_issuer,
      outgoing: parts.outgoing,
      limits: limitsFor(exposure, rate),
      metrics,
      ...(parts.running && { running: parts.running }),
      report: parts.report,
      note: (line) => log.info(line),
    });
    const { url, server, stop } = await listen(door.fetch, { ...exposure, limits: socketLimits });
    const lines = [...who, ...(config.database_url && !config.http_key ? [alone] : [])];
    // Before it says so: whoever has read it may end it.
    const signal = untilSignal(server);
    process.stderr.write(`${[`fly-tokens: MCP at ${url}/mcp`, ...lines].join("\n  ")}\n`);
    await signal;
    door.drain();
    if (drain > 0) await pause(drain * 1000);
    await door.endSubscriptions();
    await stop(() => door.abort());
    await door.close();
    await close();
    return 0;
  },
};

/** On loopback the only caller is the user, who may take what there is. @param rate of the flag: for each second */
function limitsFor({ remote }: Exposure, rate: number | undefined): Limits {
  const each = remote ? limits : { ...limits, atOnceEach: limits.atOnce, rate: undefined };
  if (rate === undefined) return each;
  return { ...each, rate: rate === 0 ? undefined : { perSecond: rate, burst: 4 * rate } };
}
