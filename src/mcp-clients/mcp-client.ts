/**
 * WHO STARTS US. One file, one MCP client: where its configuration is, and the form of an entry in it. What is always
 * true here, and checked for every member by test/mcp-clients/laws.test.ts: planning is pure; a second plan is empty;
 * undoing gives the original bytes; nothing but our entry changes; no secret is written, only where to find it; a
 * server of somebody else's is never replaced; a file that does not parse is refused.
 */
import type { Notation } from "./notation.ts";

export type Scope = "user" | "project";

/** Where a client's files are. */
export interface Place {
  scope: Scope;
  /** Absolute. */
  home: string;
  /** Absolute; where the scope is `project`. */
  project_dir?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
}

/** The entry that is wanted. */
export interface Server {
  name: string;
  command: string;
  args: readonly string[];
  /** Settings that are no secrets, by the names of their variables. */
  settings: Readonly<Record<string, string>>;
  /** The variables whose secrets the server needs: names, never values. */
  secrets: readonly string[];
  /** The path of this program, to know an entry of ours by. */
  main: string;
}

/**
 * How an entry leads to a secret without holding it. `reference`: a value in `env` that the client fills in. `prompt`:
 * the client asks the user once, and keeps the answer. `names`: a list of variables that are handed on. `none`: not at
 * all; `instead` says in a sentence how the secret gets there.
 */
export type SecretForm =
  | { by: "reference"; refer(variable: string): string }
  | { by: "prompt"; list: string }
  | { by: "names"; list: string }
  | { by: "none"; instead: string };

export interface McpClient {
  id: string;
  title: string;
  /**
   * Who starts it: a shell in a `terminal`, whose PATH it has; or the `desktop`, whose PATH lacks what a shell's
   * profile adds, such as a node that a version manager installed.
   */
  from: "terminal" | "desktop";
  scopes: readonly Scope[];
  /** One of these is there where the client is; absolute. */
  signs(place: Place): readonly string[];
  /** The configuration file, absolute. @throws Problem `unsupported` for a scope that it lacks */
  file(place: Place): string;
  notation: Notation;
  /** The name of the table of servers in that file. */
  table: string;
  /** What an entry has besides `command`, `args` and `env`. */
  extra?: Readonly<Record<string, string>>;
  secrets: SecretForm;
  /** What has to happen before the client starts the server: a sentence. */
  next: string;
}

/** The identity function; a place for the contract. */
export function defineMcpClient(client: McpClient): McpClient {
  return client;
}
