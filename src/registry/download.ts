/** Serves artifacts and pages: whole, in part, or not at all when the client has them (RFC 9110 §13 and §14). */
import { createHash } from "node:crypto";
import { Refusal } from "./caller.ts";
import type { Artifacts, Span } from "./store/artifacts.ts";

/**
 * The answer to a GET or HEAD of a blob. One byte range is honoured; of several, or of one that is not well formed, the
 * whole is sent, as the RFC allows.
 * @param digest `sha256:` and 64 hex digits; the caller has made sure that the client may read it
 * @param headers Content-Type and whatever else describes the file
 * @throws Refusal 416 when the range begins after the end
 */
export async function download(
  blobs: Artifacts,
  digest: string,
  request: Request,
  headers: Record<string, string>,
): Promise<Response> {
  const size = await blobs.size(digest);
  if (size === undefined) throw new Error(`The blob ${digest} is recorded but not there.`);
  const etag = `"${digest}"`;
  const shared = { ...headers, etag, "accept-ranges": "bytes", "x-content-type-options": "nosniff" };
  if (matches(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers: shared });
  const span = request.method === "GET" ? requestedSpan(request.headers, etag, size) : undefined;
  const length = span ? span.end - span.start + 1 : size;
  return new Response(request.method === "HEAD" ? null : await blobs.stream(digest, span), {
    status: span ? 206 : 200,
    headers: {
      ...shared,
      "content-length": String(length),
      ...(span && { "content-range": `bytes ${span.start}-${span.end}/${size}` }),
    },
  });
}

/**
 * The answer to a GET or HEAD of a text that may change at any time: clients keep it and ask whether it is still the
 * same. Its entity tag comes from its content, so that a registry that was emptied and filled anew repeats none.
 * @param type its media type, one of several that the request can be answered with
 */
export function page(request: Request, text: string, type: string): Response {
  const etag = `W/"${createHash("sha256").update(text).digest("base64url")}"`;
  const headers = { "content-type": type, etag, vary: "accept", "cache-control": "private, no-cache" };
  if (matches(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers });
  return new Response(text, { headers });
}

/** Whether an If-None-Match header names the entity (weak comparison). */
function matches(header: string | null, etag: string): boolean {
  if (!header) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  return header.trim() === "*" || header.split(",").some((tag) => opaque(tag) === opaque(etag));
}

function requestedSpan(headers: Headers, etag: string, size: number): Span | undefined {
  const condition = headers.get("if-range");
  if (condition !== null && condition !== etag) return undefined;
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.get("range")?.trim() ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end)
    throw new Refusal(416, "RANGE_INVALID", `The file has only ${size} bytes.`, {
      "content-range": `bytes */${size}`,
    });
  return { start, end };
}
