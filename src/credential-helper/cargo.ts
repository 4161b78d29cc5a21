/**
 * Cargo's credential providers, version 1: a hello, then one answer for each request, a line of JSON each (The Cargo
 * Book, "Credential Provider Protocol"). Logging in and out is left to fly-tokens itself.
 *
 * Cargo puts no arguments on the command line of such a provider, so a program that needs some is started through
 * `cargo:token-from-stdout`: then the index is an argument, and the token is printed.
 */
import { type Logins, type Protocol, plainUrl } from "./protocol.ts";

export const cargo: Protocol = async ({ args: [index], lines, say, logins }) => {
  if (index !== undefined) {
    const header = await headerFor(index, logins);
    if (header !== undefined) say(header);
    return header === undefined ? 1 : 0;
  }
  say(JSON.stringify({ v: [1] }));
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const { kind, registry } = parse(line);
    const url = registry?.["index-url"];
    if (kind !== "get") say(JSON.stringify({ Err: { kind: "operation-not-supported" } }));
    else say(JSON.stringify(await answer(typeof url === "string" ? url : "", logins)));
  }
  return 0;
};

async function answer(indexUrl: string, logins: Logins): Promise<object> {
  const token = await headerFor(indexUrl, logins);
  if (token === undefined) return { Err: { kind: "url-not-supported" } };
  // It may not outlive this run of cargo: the next one may find another.
  return { Ok: { kind: "get", token, cache: "session", operation_independent: true } };
}

/** Cargo sends it as it is. */
async function headerFor(indexUrl: string, logins: Logins): Promise<string | undefined> {
  const url = plainUrl(indexUrl.replace(/^sparse\+/, ""));
  const found = [...(await logins.all())].find(([key]) => key.includes("://") && plainUrl(key) === url);
  return found && `Bearer ${found[1].secret.reveal()}`;
}

interface Request {
  kind?: unknown;
  registry?: { "index-url"?: unknown } | undefined;
}

function parse(line: string): Request {
  try {
    return JSON.parse(line) as Request;
  } catch {
    return {};
  }
}
