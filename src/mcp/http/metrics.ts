/**
 * What the HTTP server counts, in Prometheus' text format 0.0.4. The values of labels are from closed lists: routes,
 * classes of status, names of tools that are offered, codes of problems, reasons. Nothing that a caller sends is one.
 */
import { type Reason, reasons } from "../../callers/caller.ts";

export type Route = "mcp" | "metrics" | "healthz" | "metadata" | "other";

/** What a request was refused for, beyond its authentication. */
export type Limit = "rate" | "busy" | "body" | "failures" | "time";

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

export interface Gauges {
  inFlight: number;
  subscriptions: number;
}

export class Metrics {
  readonly #version: string;
  readonly #requests = new Map<string, number>();
  readonly #calls = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #buckets = new Map<number, number>();
  #took = 0;
  #count = 0;

  constructor(version: string) {
    this.#version = version;
    // Of these it is known what there can be: a counter that is there from the start can be compared with its beginning.
    for (const reason of Object.keys(reasons)) this.#failures.set(labels({ reason }), 0);
  }

  /** An answer has begun. */
  answered(route: Route, status: number): void {
    add(this.#requests, { route, status: `${Math.floor(status / 100)}xx` });
  }

  /** A tool has ended. @param outcome `ok`, or the code of a problem */
  called(tool: string, outcome: string): void {
    add(this.#calls, { tool, outcome });
  }

  failed(reason: Reason): void {
    add(this.#failures, { reason });
  }

  refused(limit: Limit): void {
    add(this.#refused, { limit });
  }

  /** A request to /mcp has been answered to its end. */
  took(time: number): void {
    this.#took += time;
    this.#count += 1;
    const bucket = seconds.find((bound) => time <= bound);
    if (bucket !== undefined) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
  }

  text({ inFlight, subscriptions }: Gauges): string {
    let below = 0;
    const buckets = seconds.map((bound) => {
      below += this.#buckets.get(bound) ?? 0;
      return `_bucket{le="${bound}"} ${below}`;
    });
    const uptime = process.uptime();
    return [
      ...family("fly_tokens_info", "gauge", "Which version runs.", [
        `${labels({ version: this.#version })} 1`,
      ]),
      ...family("fly_tokens_http_requests_total", "counter", "Answers.", samples(this.#requests)),
      ...family(
        "fly_tokens_http_request_duration_seconds",
        "histogram",
        "Time to the end of the answer, for /mcp.",
        [...buckets, `_bucket{le="+Inf"} ${this.#count}`, `_sum ${this.#took}`, `_count ${this.#count}`],
      ),
      ...family("fly_tokens_http_in_flight", "gauge", "Calls that are being made.", [` ${inFlight}`]),
      ...family("fly_tokens_http_subscriptions", "gauge", "Open subscriptions.", [` ${subscriptions}`]),
      ...family("fly_tokens_http_refused_total", "counter", "Refused by a limit.", samples(this.#refused)),
      ...family("fly_tokens_auth_failures_total", "counter", "Not let in.", samples(this.#failures)),
      ...family("fly_tokens_tool_calls_total", "counter", "Calls of tools.", samples(this.#calls)),
      ...family("process_resident_memory_bytes", "gauge", "Memory in use.", [
        ` ${process.memoryUsage.rss()}`,
      ]),
      ...family("process_start_time_seconds", "gauge", "Start, since the epoch.", [
        ` ${Math.round(Date.now() / 1000 - uptime)}`,
      ]),
      ...family("process_uptime_seconds", "gauge", "Time since the start.", [` ${uptime}`]),
      "",
    ].join("\n");
  }
}

/** @param values what follows the name on each line */
function family(name: string, type: string, help: string, values: readonly string[]): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...values.map((value) => `${name}${value}`)];
}

function samples(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([names, count]) => `${names} ${count}`);
}

function add(counts: Map<string, number>, names: Record<string, string>): void {
  const key = labels(names);
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function labels(names: Record<string, string>): string {
  const escaped = (text: string) => text.replace(/[\\"\n]/g, (sign) => (sign === "\n" ? "\\n" : `\\${sign}`));
  return `{${Object.entries(names)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}
