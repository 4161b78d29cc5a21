/**
 * One request to an upstream and its answer, byte by byte. Laws: nobody waits for ever; nothing is read faster than it is
 * taken; a client that goes away ends the request; what went wrong is said without the upstream's address.
 */
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";
import { isReading, Refusal } from "../caller.ts";
import type { Upstream } from "./upstream.ts";

export interface Question {
  method: string;
  /** Below the upstream's base, with the query. */
  target: string;
  headers: Record<string, string>;
  body: ReadableStream<Uint8Array> | null;
  /** Bytes of the body, when it is known. */
  length: string | null;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

export interface Patience {
  /** Milliseconds for a connection. */
  connect: number;
  /** Milliseconds without any progress: for the answer to begin once all is sent, and for each next part of a body. */
  silence: number;
}

export const patience: Patience = { connect: 10_000, silence: 60_000 };

const agents = {
  http: new http.Agent({ keepAlive: true }),
  https: new https.Agent({ keepAlive: true }),
};

/**
 * Sends a request and waits for the head of the answer.
 * @throws Refusal 502 when the upstream cannot be reached or breaks off, 504 when it is silent
 */
export async function ask(upstream: Upstream, question: Question, wait = patience): Promise<IncomingMessage> {
  // A connection that was kept may have been closed meanwhile; what has no body can simply be asked again.
  const again = question.body === null && isReading(question.method);
  try {
    return await once(upstream, question, wait, again);
  } catch (error) {
    if (!(error instanceof Stale)) throw error;
    return once(upstream, question, wait, false);
  }
}

class Stale extends Error {}

function once(up: Upstream, question: Question, wait: Patience, kept: boolean): Promise<IncomingMessage> {
  const { method, target, headers, body, length, signal } = question;
  const request = (up.secure ? https : http).request({
    host: up.hostname,
    port: up.port,
    method,
    path: up.base + target,
    headers: {
      ...headers,
      host: up.host,
      ...(up.authorization && { authorization: up.authorization.reveal() }),
      ...(body ? framing(length) : emptyBody(method)),
    },
    agent: kept ? (up.secure ? agents.https : agents.http) : false,
  });
  const broken = new Refusal(502, "unreachable", unreachable);
  const late = new Refusal(504, "silent", silent);
  return new Promise<IncomingMessage>((resolve, reject) => {
    let begun: IncomingMessage | undefined;
    let timer = setTimeout(() => request.destroy(late), wait.connect);
    const progress = (ms = wait.silence) => {
      clearTimeout(timer);
      // Once it has begun, the answer's reader looks to it that it goes on.
      if (!request.destroyed && !begun) timer = setTimeout(() => request.destroy(late), ms);
    };
    const leave = () => request.destroy(broken);
    signal.addEventListener("abort", leave, { once: true });
    request.once("close", () => signal.removeEventListener("abort", leave));
    request.on("socket", (socket) => {
      if (socket.connecting) socket.once(up.secure ? "secureConnect" : "connect", () => progress());
      else progress();
    });
    request.once("response", (answer) => {
      clearTimeout(timer);
      begun = answer;
      resolve(answer);
    });
    request.once("close", () => {
      clearTimeout(timer);
      // An answer to something else, such as 101, ends a request without an error and without an answer.
      reject(broken);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      // Without a length it would seem to have come to its end.
      begun?.destroy(error);
      if (kept && request.reusedSocket && error.code === "ECONNRESET") reject(new Stale());
      else reject(error instanceof Refusal ? error : broken);
    });
    if (signal.aborted) leave();
    else if (body) void send(body, request, progress);
    else request.end();
  });
}

const unreachable =
  "The registry behind this one cannot be reached, or broke off; whoever runs it has to look after it.";
const silent = "The registry behind this one does not answer.";

/** Always said: to a DELETE Node adds none, and the upstream would take the body for the next request. */
function framing(length: string | null): Record<string, string> {
  return length === null ? { "transfer-encoding": "chunked" } : { "content-length": length };
}

function emptyBody(method: string): Record<string, string> {
  return ["GET", "HEAD", "DELETE"].includes(method) ? {} : { "content-length": "0" };
}

/** Hands a body on as fast as it is taken. When the client breaks off, so do we: half a body must not look whole. */
async function send(
  body: ReadableStream<Uint8Array>,
  request: ClientRequest,
  progress: () => void,
): Promise<void> {
  try {
    for await (const chunk of body) {
      if (request.destroyed || request.writableEnded) return;
      progress();
      if (!request.write(chunk)) await drained(request);
    }
    progress();
    request.end();
  } catch {
    request.destroy(new Refusal(502, "broken", "The connection broke before the end of the body."));
  }
}

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      request.off("drain", go).off("close", go);
      resolve();
    };
    request.on("drain", go).on("close", go);
  });
}

/**
 * The body of an answer for the client.
 * @param through what it goes through on its way
 */
export function bodyOf(
  answer: IncomingMessage,
  through: readonly Duplex[],
  wait = patience,
): ReadableStream<Uint8Array> {
  const last = through.at(-1);
  // A fault in any of them ends all of them; the reader below sees it at the last one.
  if (last) pipeline([answer, ...through], () => {});
  const source = last ?? answer;
  const parts = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const timer = setTimeout(() => answer.destroy(new Error(silent)), wait.silence);
        try {
          const { value, done } = await parts.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          controller.error(new Error(unreachable));
        } finally {
          clearTimeout(timer);
        }
      },
      cancel() {
        source.destroy();
        answer.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
