/**
 * Cargo's credential providers, version 1: a hello, then one answer for each request, a line of JSON each (The Cargo
 * Book, "Credential Provider Protocol"). Logging in and out is left to fly-tokens itself.
 */
import { type Logins, type Protocol, plainUrl } from "./protocol.ts";

export const cargo: Protocol = async ({ lines, say, logins }) => {
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
  const url = plainUrl(indexUrl.replace(/^sparse\+/, ""));
  const found = [...(await logins.all())].find(([key]) => key.includes("://") && plainUrl(key) === url);
  if (!found) return { Err: { kind: "url-not-supported" } };
  // Cargo sends it as it is. It may not outlive this run of cargo: the next one may find another.
  const token = `Bearer ${found[1].secret.reveal()}`;
  return { Ok: { kind: "get", token, cache: "session", operation_independent: true } };
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
