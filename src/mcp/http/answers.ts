/** Answers of the door itself: a status and a fixed sentence. Nothing of the request stands in them. */

/** As JSON-RPC, which is what clients of /mcp read. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json(
    { jsonrpc: "2.0", error: { code: codeFor(status), message }, id: null },
    { status, headers },
  );
}

export function tooMuch(status: 429 | 503, message: string, seconds: number): Response {
  return refusal(status, message, { "retry-after": String(seconds) });
}

export function text(status: number, line: string, headers: Record<string, string> = {}): Response {
  return new Response(`${line}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}

/** @param allowed the methods, for `Allow` */
export function wrongMethod(allowed: string): Response {
  return text(405, "Method not allowed", { allow: allowed });
}

function codeFor(status: number): number {
  return status >= 500 && status !== 503 ? -32603 : -32000;
}
