/** What a fault looks like on the wire. */
import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type Answer, send } from "./answer.ts";
import type { Fault } from "./faults.ts";

const page = (status: number, reason: string): Answer => ({
  status,
  body: `<html><head><title>${status} ${reason}</title></head><body><h1>${status} ${reason}</h1></body></html>`,
});

/** @returns whether the request ends here, with nothing done */
export async function strikesBefore(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case "502-before-commit":
      send(response, page(502, "Bad Gateway"));
      return true;
    case "cut-before-commit":
      response.destroy();
      return true;
    case "gateway-403":
      send(response, page(403, "Forbidden"));
      return true;
    case "429":
      send(response, {
        ...page(429, "Too Many Requests"),
        headers: { "retry-after": `${fault.retryAfter}` },
      });
      return true;
    case "graphql-error":
    case "unauthorized-macaroon":
      send(response, { status: 200, body: { data: null, errors: [errorOf(fault)] } });
      return true;
    case "slow":
      await setTimeout(fault.milliseconds, undefined, { ref: false });
      return false;
    default:
      return false;
  }
}

/** @returns whether the answer is lost, although the work was done */
export function strikesAfter(fault: Fault, response: ServerResponse): boolean {
  if (fault.kind === "502-after-commit") send(response, page(502, "Bad Gateway"));
  else if (fault.kind === "cut-after-commit") response.destroy();
  else return false;
  return true;
}

function errorOf(fault: Fault & { kind: "graphql-error" | "unauthorized-macaroon" }): unknown {
  if (fault.kind === "unauthorized-macaroon")
    return { message: "You must be authenticated to view this.", extensions: { code: "UNAUTHORIZED" } };
  return { message: fault.message, ...(fault.code && { extensions: { code: fault.code } }) };
}
