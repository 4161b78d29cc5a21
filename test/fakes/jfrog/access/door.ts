/** Who may ask the Access service at all. It takes tokens as Bearer alone. */
import { type Answer, accessError } from "../answer.ts";
import type { Caller } from "../caller.ts";
import type { Incoming, Known } from "../request.ts";

export function access(endpoint: (request: Known) => Answer): (request: Incoming) => Answer {
  return (request) => {
    const { caller, received } = request;
    if (/^basic/i.test(received.headers.authorization ?? ""))
      return accessError(401, "Basic authentication is not enabled");
    return caller.kind === "token" ? endpoint({ ...request, token: caller.token }) : refusal(caller);
  };
}

/** "expired", "parse" and "signature" are in public reports; the other words are taken to follow. */
export function refusal(caller: Caller & { kind: "nobody" }): Answer {
  return caller.reason === "missing"
    ? accessError(401, "Authentication is required")
    : accessError(401, `Invalid token, ${caller.reason}`);
}
