/** Refusals for clients that show nothing but the reason phrase (twine, Maven) or the body as it is. */
import type { Refusal } from "./caller.ts";

export function plainText({ status, message, headers }: Refusal): Response {
  const statusText = message.replace(/[^ -~]/g, "?");
  return new Response(`${message}\n`, { status, statusText, headers });
}
