/**
 * The contract of the room `src/resources/`: one file, one resource. What it says holds no secret, and reading it changes
 * nothing. It knows nothing of MCP, and does nothing when imported.
 */
import type { Source } from "./completion/source.ts";
import type { Context } from "./context.ts";

/** What a page is that a host shows beside a tool's result (MCP Apps). */
export const appType = "text/html;profile=mcp-app";

/** One of those that a template stands for. */
export interface Listed {
  /** What stands for the template's variable. */
  value: string;
  title: string;
  description?: string;
}

export interface Resource {
  /** As the file is called. */
  name: string;
  title: string;
  description: string;
  /** `fly-tokens://…`, of a page `ui://…`; with one variable in braces it is a template. */
  uri: string;
  mimeType: "application/json" | "text/markdown" | typeof appType;
  audience: readonly ("user" | "assistant")[];
  /** From 0 (may be left out) to 1 (needed). */
  priority: number;
  /** For how long a client may use what it was told, in milliseconds. */
  fresh: number;
  /**
   * The tool that shows the same: where the operator does not offer that, this is not offered either. Of a page (`appType`) it
   * is the tool whose result it shows.
   */
  like?: string;
  /** What the template's variable can be. */
  completes?: Source;
  /** What a template stands for, as far as that can be told at once. */
  list?(context: Context): Promise<readonly Listed[]>;
  /**
   * @param value of the template's variable; empty where there is none
   * @returns its text; `undefined`: there is no such thing
   * @throws Problem when it cannot be told
   */
  read(value: string, context: Context): Promise<string | undefined>;
}

/** The identity function; a place for the contract. */
export function defineResource(resource: Resource): Resource {
  return resource;
}
