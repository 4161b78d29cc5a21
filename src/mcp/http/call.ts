/** One request to /mcp from a caller who is let in: within its limits, to the SDK, and back. */
import { type AuthInfo, isJsonContentType, type McpHttpHandler } from "@modelcontextprotocol/server";
import { Allowances } from "../../callers/allowance.ts";
import { parseJson } from "../../json.ts";
import { refusal, tooMuch } from "./answers.ts";
import { readBody } from "./body.ts";
import { type Exchange, Exchanges } from "./exchanges.ts";
import type { Limits } from "./limits.ts";
import type { Limit, Metrics } from "./metrics.ts";

export interface CallsOptions {
  calls: McpHttpHandler;
  /** Of its own, so that at the end subscriptions close before the calls do. */
  streams: McpHttpHandler;
  limits: Limits;
  metrics: Metrics;
  /** Calls of tools that go on, also of clients that have gone. */
  running: ReadonlySet<unknown>;
}

export interface Answer {
  response: Response;
  /** Ends with the body of the response. */
  exchange?: Exchange;
  /** What is said at the end of a stream whose time was up. */
  last?: () => string;
}

const tooLate = "The call took too long and was ended";

export class Calls {
  readonly #options: CallsOptions;
  readonly #rates: Allowances | undefined;
  readonly open = new Exchanges();
  readonly subscriptions = new Exchanges();
  #closing = false;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#rates = options.limits.rate && new Allowances(options.limits.rate);
  }

  /** No more subscriptions; those that are open are told that it was the end. */
  async endSubscriptions(): Promise<void> {
    this.#closing = true;
    await this.#options.streams.close();
  }

  async answer(request: Request, caller: AuthInfo): Promise<Answer> {
    const { limits, metrics } = this.#options;
    // There is no session to read or to end; and of some methods no Request can be made.
    if (request.method !== "POST") return { response: refusal(405, "Method not allowed", { allow: "POST" }) };
    const busy = this.#busy(caller.clientId, 1);
    if (busy) return { response: busy };
    const exchange = this.open.open(caller.clientId, request.signal, limits.answer, (took) =>
      metrics.took(took),
    );
    try {
      const answer = await this.#within(exchange, request, caller);
      if (answer.exchange !== exchange) exchange.end();
      return answer;
    } catch (error) {
      exchange.end();
      throw error;
    }
  }

  async #within(exchange: Exchange, request: Request, caller: AuthInfo): Promise<Answer> {
    const { calls, limits } = this.#options;
    // Of another type it is refused by the SDK, unread.
    if (!isJsonContentType(request.headers.get("content-type")))
      return { response: await calls.fetch(bare(request), { authInfo: caller }) };
    const text = await readBody(request, limits.body).catch(() => null);
    if (text === null) return { response: refusal(400, "The request's body could not be read") };
    if (text === undefined)
      return { response: this.#refused("body", refusal(413, "The request's body is too large")) };
    const parsedBody = parseJson(text);
    const messages = Array.isArray(parsedBody) ? parsedBody.length : 1;
    // It would be in vain to come again.
    if (messages > Math.min(limits.atOnce, limits.atOnceEach))
      return { response: this.#refused("busy", refusal(413, "Too many messages in one batch")) };
    const busy = this.#busy(caller.clientId, messages - 1);
    if (busy) return { response: busy };
    const wait = this.#rates?.take(caller.clientId, messages) ?? 0;
    if (wait > 0) return { response: this.#refused("rate", tooMuch(429, "Too many requests", wait)) };
    exchange.holds(messages);
    const inner = bare(request, text, exchange.signal);
    const options = { authInfo: caller, ...(parsedBody !== undefined && { parsedBody }) };
    if (isListen(parsedBody)) return this.#subscribe(request, text, options);
    const response = await calls.fetch(inner, options);
    // What the SDK answers to a client that has gone.
    if (exchange.late() && response.status === 499)
      return { response: this.#refused("time", refusal(504, tooLate)), exchange };
    return { response, exchange, last: () => this.#lastWords(exchange, response, parsedBody) };
  }

  async #subscribe(
    request: Request,
    text: string,
    options: { authInfo: AuthInfo; parsedBody?: unknown },
  ): Promise<Answer> {
    if (this.#closing) return { response: tooMuch(503, "This server is about to end", 1) };
    const { limits, streams } = this.#options;
    const { clientId, expiresAt = Number.MAX_SAFE_INTEGER } = options.authInfo;
    const time = Math.max(0, Math.min(limits.subscription, expiresAt * 1000 - Date.now()));
    const exchange = this.subscriptions.open(clientId, request.signal, time);
    return { response: await streams.fetch(bare(request, text, exchange.signal), options), exchange };
  }

  /** @param more calls than are counted already */
  #busy(who: string, more: number): Response | undefined {
    const { limits, running } = this.#options;
    if (Math.max(this.open.size, running.size) + more > limits.atOnce)
      return this.#refused("busy", tooMuch(503, "Too many calls at once", 1));
    if (this.open.of(who) + more > limits.atOnceEach)
      return this.#refused("busy", tooMuch(429, "Too many calls of one caller at once", 1));
    return undefined;
  }

  #lastWords(exchange: Exchange, response: Response, body: unknown): string {
    if (!exchange.late()) return "";
    this.#refused("time", response);
    const { id } = (body ?? {}) as { id?: unknown };
    if (typeof id !== "string" && typeof id !== "number") return "";
    const error = { jsonrpc: "2.0", id, error: { code: -32000, message: tooLate } };
    return `event: message\ndata: ${JSON.stringify(error)}\n\n`;
  }

  #refused(limit: Limit, response: Response): Response {
    this.#options.metrics.refused(limit);
    return response;
  }
}

function isListen(body: unknown): boolean {
  return (body as { method?: unknown } | undefined)?.method === "subscriptions/listen";
}

/** The request without its bearer: what is behind this could only pass it on. */
function bare(request: Request, body?: string, signal: AbortSignal = request.signal): Request {
  const headers = new Headers(request.headers);
  for (const name of ["authorization", "cookie", "content-length", "transfer-encoding"]) headers.delete(name);
  return new Request(request.url, {
    method: request.method,
    headers,
    signal,
    ...(body !== undefined && { body }),
  });
}
