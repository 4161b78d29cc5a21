/** Lists that come in pages, to their end. */
import { Problem } from "../../problem.ts";

export interface Connection<Node> {
  readonly nodes: readonly (Node | null)[] | null;
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

/** Pages of one list; at 100 tokens each, more than anybody has. */
const mostPages = 200;

/**
 * Every node of a list; nodes that the API could not load are left out, as it does itself.
 * @param first the page that is there already @throws Problem `provider_down` for a list that does not end
 */
export async function allOf<Node>(
  load: (after: string | null) => Promise<Connection<Node>>,
  first?: Connection<Node>,
): Promise<Node[]> {
  let page = first ?? (await load(null));
  const nodes = present(page);
  const seen = new Set<string>();
  while (page.pageInfo.hasNextPage) {
    const { endCursor } = page.pageInfo;
    if (endCursor === null || seen.has(endCursor) || seen.size >= mostPages)
      throw new Problem(
        "provider_down",
        "A list of Fly.io's does not come to an end.",
        "Name an app or an organization, so that the list is shorter.",
      );
    seen.add(endCursor);
    page = await load(endCursor);
    nodes.push(...present(page));
  }
  return nodes;
}

/** @throws Problem `provider_down` for what is no page */
function present<Node>(page: Connection<Node> | undefined): Node[] {
  if (page?.pageInfo) return (page.nodes ?? []).filter((node) => node !== null);
  throw new Problem("provider_down", "A list of Fly.io's is missing in its answer.", "Try again.");
}

/** Of all items at once, but only so many at a time; in their order. */
export async function ofEach<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
  atOnce = 4,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
