/** One line of the registry's log for each request: who did what and how it ended, never a secret, a query or a header. */
import type { Visit } from "./door.ts";

/** @param elapsed milliseconds until the answer's headers were ready */
export function lineFor(
  request: Request,
  response: Response,
  visit: Visit,
  now: Date,
  elapsed: number,
): Record<string, unknown> {
  const { caller, address } = visit;
  return {
    time: now.toISOString(),
    method: request.method,
    path: withoutCredentials(pathOf(request.url)),
    status: response.status,
    ms: Math.round(elapsed * 10) / 10,
    ...(address && { address }),
    ...(caller?.kind === "key" && { user: caller.username }),
    ...(caller?.kind === "token" && { token: caller.token.id }),
  };
}

/** Of a URL that was parsed once; to do so again would take longer than the rest of the line. */
function pathOf(url: string): string {
  return /^[^/]*\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || "/";
}

/** `npm logout` puts the token into the path. */
function withoutCredentials(path: string): string {
  return path.replace(/(fly[atk]_)[0-9A-Za-z]+/g, "$1…");
}
