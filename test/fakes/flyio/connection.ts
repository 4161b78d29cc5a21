/** Lists in pages. The server has a page size of its own even when no argument asks for one, and a cap. */
import { unprocessable } from "./refusal.ts";

export interface PageArguments {
  first?: number | null;
  after?: string | null;
}

export interface PageRules {
  /** Without `first`. */
  size: number;
  /** Of whatever is asked for. */
  cap: number;
  /** A node that the server could not load is null, and its neighbours come all the same. */
  nullNodes: boolean;
}

export interface Connection {
  nodes: unknown[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
  totalCount: number;
}

export function connection(items: readonly unknown[], page: PageArguments, rules: PageRules): Connection {
  const start = page.after ? positionOf(page.after) : 0;
  const size = Math.min(page.first ?? rules.size, rules.cap);
  if (size < 0) throw unprocessable("`first` must not be negative");
  const nodes = items.slice(start, start + size);
  const end = start + nodes.length;
  return {
    nodes: rules.nullNodes ? [null, ...nodes, null] : nodes,
    pageInfo: { endCursor: nodes.length ? cursorOf(end) : null, hasNextPage: end < items.length },
    totalCount: items.length,
  };
}

/** The product's cursors are positions in disguise: what is added while somebody turns pages can shift them. */
function cursorOf(position: number): string {
  return Buffer.from(String(position)).toString("base64url");
}

function positionOf(cursor: string): number {
  const position = Number(Buffer.from(cursor, "base64url").toString());
  if (!Number.isSafeInteger(position) || position < 0) throw unprocessable(`Invalid cursor: "${cursor}".`);
  return position;
}
