/**
 * Who may ask the page anything. Any program and any web page of this machine reaches a loopback port: the first has to
 * know the path, the second is told apart by what a browser says of it.
 */
import type { IncomingMessage } from "node:http";
import { isSameText } from "../../same-text.ts";

/** A code and its name, many times over. */
const longest = 1_024;

/** @returns the HTTP status of the refusal, or `undefined` for a request that may be answered */
export function refusal(
  { method, url = "", headers }: IncomingMessage,
  port: number,
  path: string,
): number | undefined {
  const { host = "", origin, "sec-fetch-site": site } = headers;
  // A name of somebody else's that leads here has been rebound.
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return 403;
  if (!isSameText(url, path)) return 404;
  if (method === "GET" || method === "HEAD") return undefined;
  if (method !== "POST") return 405;
  if (origin !== `http://${host}` || (site ?? "same-origin") !== "same-origin") return 403;
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers["content-type"] ?? "")) return 415;
  // Node reads no more than was announced.
  const length = headers["content-length"];
  if (length === undefined) return 411;
  return Number(length) > longest ? 413 : undefined;
}
