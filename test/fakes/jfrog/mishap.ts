/** What a fault looks like on the wire. */
import { setTimeout } from "node:timers/promises";
import { type Answer, accessError, empty, html } from "./answer.ts";
import type { Fault } from "./faults.ts";

/** An answer that comes instead, `cut` and `hang` where none comes. */
export type Mishap = Answer | "cut" | "hang";

function page(status: number, reason: string, headers: Record<string, string> = {}): Answer {
  const title = `${status} ${reason}`;
  const answer = html(
    `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
    status,
  );
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** @returns `undefined` when the work is to be done */
export async function mishapBefore(fault: Fault): Promise<Mishap | undefined> {
  switch (fault.kind) {
    case "502-before-commit":
      return page(502, "Bad Gateway");
    case "cut-before-commit":
      return "cut";
    case "hang-before-commit":
      return "hang";
    case "gateway-403":
      return page(403, "Forbidden");
    case "html-200":
      return page(200, "Welcome");
    case "429":
      return page(429, "Too Many Requests", retryAfter(fault.retryAfter));
    case "500":
      return accessError(500, "Internal server error");
    case "503":
      return page(503, "Service Unavailable", retryAfter(fault.retryAfter));
    case "redirect":
      return empty(302, { location: fault.location });
    case "answer":
      return { status: fault.status, body: fault.body, headers: fault.headers ?? {} };
    case "slow":
      await setTimeout(fault.milliseconds, undefined, { ref: false });
      return undefined;
    default:
      return undefined;
  }
}

/** @returns what comes instead of the answer, although the work was done */
export function mishapAfter({ kind }: Fault): Mishap | undefined {
  if (kind === "502-after-commit") return page(502, "Bad Gateway");
  if (kind === "cut-after-commit") return "cut";
  return kind === "hang-after-commit" ? "hang" : undefined;
}

function retryAfter(value: number | string | undefined): Record<string, string> {
  return value === undefined ? {} : { "retry-after": String(value) };
}
