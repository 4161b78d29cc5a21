/**
 * How clients ask for a login instead of reading it from their own files: one file for each client's protocol. What a
 * protocol prints on stdout goes to the client that started it, and is the one thing that may hold a secret.
 */
import type { Secret } from "../secret.ts";

export interface Login {
  username: string;
  secret: Secret;
}

/** Our store of logins, by URL, or for docker by host. */
export interface Logins {
  all(): Promise<ReadonlyMap<string, Login>>;
  put(url: string, login: Login): Promise<void>;
  /** Whether there was one. */
  remove(url: string): Promise<boolean>;
}

export interface Exchange {
  /** What follows the protocol's name on the command line. */
  args: readonly string[];
  /** The client's lines, without their breaks. */
  lines: AsyncIterable<string>;
  /** Prints a line for the client. */
  say(line: string): void;
  logins: Logins;
}

/** @returns the exit code that the client expects */
export type Protocol = (exchange: Exchange) => Promise<number>;

/** The first line of what the client says, trimmed. */
export async function firstLine(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) if (line.trim() !== "") return line.trim();
  return "";
}

/** `host[:port]` of a URL, or of what is one but for its scheme. */
export function hostOf(url: string): string {
  const text = url.includes("://") ? url : `https://${url}`;
  return URL.canParse(text) ? new URL(text).host : "";
}

/** The login of one URL, in whatever spelling: credentials and the final slash do not count. */
export function loginFor(url: string, all: ReadonlyMap<string, Login>): Login | undefined {
  return [...all].find(([key]) => key.includes("://") && plainUrl(key) === plainUrl(url))?.[1];
}

function plainUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const plain = new URL(url);
  plain.username = plain.password = plain.hash = "";
  return plain.href.replace(/\/+$/, "");
}
