/**
 * What goes to an upstream, and what comes back: the part that all ecosystems share. Whoever comes this far has been let
 * in. The client's credential stays here; the upstream's goes nowhere else.
 */
import type { IncomingMessage } from "node:http";
import { quote } from "../../problem.ts";
import type { Secret } from "../../secret.ts";
import { isReading, Refusal } from "../caller.ts";
import { type Replacement, replaceIn, replacementFor } from "./addresses.ts";
import { ask, bodyOf, type Patience, patience } from "./exchange.ts";
import { answerHeaders, requestHeaders } from "./headers.ts";
import { locationFor } from "./redirect.ts";
import { rewriting, unpacking } from "./rewrite.ts";
import { upstreamAt } from "./upstream.ts";

export interface Forwarding {
  request: Request;
  /** The path below the base, in the spelling that was judged. */
  path: string;
  /** Where the client has reached the mount: URL without a slash at its end. */
  ours: string;
  /** Whether it asks for a file, which passes as it is; all else is a document, in which addresses are replaced. */
  isFile: boolean;
}

export interface Proxy {
  /** @throws Refusal 502, 504 */
  forward(forwarding: Forwarding): Promise<Response>;
}

/** @param isIndex an index of Python's, in whose documents links may be paths */
export function proxyTo(url: Secret, isIndex: boolean, wait: Patience = patience): Proxy {
  const upstream = upstreamAt(url, isIndex);
  return {
    async forward(forwarding) {
      const { request, path, ours, isFile } = forwarding;
      const { method, headers, signal } = request;
      const target = (path || "/") + new URL(request.url).search;
      const answer = await ask(
        upstream,
        {
          method,
          target,
          headers: requestHeaders(headers, isFile),
          body: hasBody(request) ? request.body : null,
          length: headers.get("content-length"),
          signal,
        },
        wait,
      );
      const status = answer.statusCode ?? 0;
      const strict = replacementFor({ ...upstream, ours, hidden: upstream.credential }, isIndex);
      const replacement = status >= 400 ? strict : replacementFor({ ...upstream, ours }, isIndex);
      if (status < 200 || status > 599) throw brokenBy(answer);
      if ([401, 403, 407].includes(status)) throw await credentialRefused(answer, replacement, wait);
      const { location } = answer.headers;
      if (location !== undefined && status >= 300 && status < 400 && status !== 304)
        return redirected(answer, locationFor(location, upstream, target, ours, isReading(method)));
      const passed = answerHeaders(answer.headers, (text) => replaceIn(text, strict));
      return handedOn(answer, passed, forwarding, replacement, wait);
    },
  };
}

/** Whether a request has a body, by what it says (RFC 9112, section 6.3); one that only reads is not asked. */
function hasBody({ method, headers }: Request): boolean {
  return !isReading(method) && (headers.has("content-length") || headers.has("transfer-encoding"));
}

/** @throws Refusal 502 when it cannot be unpacked */
function handedOn(
  answer: IncomingMessage,
  headers: Headers,
  { request, isFile }: Forwarding,
  replacement: Replacement,
  wait: Patience,
): Response {
  const status = answer.statusCode ?? 0;
  const isRewritten = isDocument(answer, isFile);
  if (isRewritten) for (const name of ["content-length", "accept-ranges"]) headers.delete(name);
  if (request.method === "HEAD" || [204, 205, 304].includes(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  const through = isRewritten ? rewriting(answer.headers["content-encoding"], replacement) : [];
  if (!through) throw brokenBy(answer);
  // Of a refusal it is all that twine shows.
  const phrase = replaceIn(answer.statusMessage ?? "", replacement).replace(/[^ -~]/g, "?");
  const statusText = status >= 400 ? phrase : "";
  return new Response(bodyOf(answer, through, wait), { status, headers, statusText });
}

/** Types in which upstreams name themselves; what went wrong may be said in any. */
const documents = /^(application\/(json|[\w.-]+\+json)|text\/html|application\/[\w.-]+\+html)\b/i;

function isDocument({ headers, statusCode = 0 }: IncomingMessage, isFile: boolean): boolean {
  if (statusCode >= 400) return true;
  return !isFile && statusCode !== 206 && documents.test(headers["content-type"] ?? "");
}

/** @throws Refusal 502 when nobody can be sent there */
function redirected(answer: IncomingMessage, location: string | undefined): Response {
  answer.destroy();
  if (location === undefined)
    throw new Refusal(
      502,
      "redirected",
      "The registry behind this one sends to an address that is not its own; whoever runs the gateway has to name the right one in FLY_TOKENS_GATEWAY.",
    );
  const headers = { location, "cache-control": "private, no-cache" };
  return new Response(null, { status: answer.statusCode ?? 0, headers });
}

function brokenBy(answer: IncomingMessage): Refusal {
  answer.destroy();
  return new Refusal(502, "broken", "The registry behind this one gives an answer that cannot be read.");
}

/** Not the client's fault: its own credential was good, and it never comes this far. A 401 would make it log in anew. */
async function credentialRefused(
  answer: IncomingMessage,
  replacement: Replacement,
  wait: Patience,
): Promise<Refusal> {
  const status = answer.statusCode ?? 0;
  const said = status === 403 ? await reasonIn(answer, replacement, wait) : "";
  answer.destroy();
  const sentence =
    status === 403
      ? `The registry behind this one does not let the gateway do this (403)${said && `; it says: ${said}`}`
      : `The registry behind this one does not accept the gateway's own credential (${status}): whoever runs the gateway has to renew it in FLY_TOKENS_GATEWAY. Your token is good`;
  return new Refusal(502, "credential_refused", `${sentence}.`);
}

/** The sentence of a refusal, as data: short, of one line, without the upstream's address. */
async function reasonIn(answer: IncomingMessage, replacement: Replacement, wait: Patience): Promise<string> {
  const through = unpacking(answer.headers["content-encoding"]);
  if (!through) return "";
  let text = "";
  try {
    for await (const chunk of bodyOf(answer, through, wait)) {
      text += Buffer.from(chunk).toString();
      if (text.length > 4096) break;
    }
  } catch {
    return "";
  }
  return quote(replaceIn(sentenceIn(text), replacement), 200).replace(/\.+$/, "");
}

function sentenceIn(text: string): string {
  try {
    const { error, reason, message } = JSON.parse(text) as Record<string, unknown>;
    return ([error, reason, message].find((one) => typeof one === "string") as string | undefined) ?? "";
  } catch {
    return /^\s*</.test(text) ? "" : text;
  }
}
