/** The values of each source, as they are now. */
import type { Context } from "../context.ts";
import { inWords, lifetime } from "../expiry.ts";
import { Problem, quote } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import { issuersWith } from "./issuers.ts";
import type { Source } from "./source.ts";

/** What is being completed. */
export interface Asked {
  /** So far. */
  typed: string;
  /** The other arguments, as far as they are filled in. */
  filled: Readonly<Record<string, string>>;
}

/** Of one issuer: enough to choose from, and few enough to be quick. */
const [pages, aPage] = [5, 200] as const;

/** In the order in which they are offered. @throws Problem of an issuer that cannot be asked */
export const valuesOf: Record<Source, (asked: Asked, context: Context) => Promise<readonly string[]>> = {
  async environments(_asked, context) {
    const lists = await Promise.all(
      issuersWith("environments", context).map(({ environments }) => environments.list()),
    );
    return shown(lists.flat().map(({ name }) => name));
  },
  async tokens({ filled }, context) {
    const { environment } = filled;
    const tokens = await activeTokens(context);
    return shown(
      tokens.filter((one) => !environment || one.environment === environment).map(({ name }) => name),
    );
  },
  async people(_asked, context) {
    return shown((await activeTokens(context)).map(({ created_by }) => created_by));
  },
  async package_managers(_asked, context) {
    const all = context.packageManagers.map(async ({ id, tool }) => ({
      id,
      // What is installed where the server runs says nothing of a caller's own machine.
      here: !context.remote && (await context.installed(tool)),
    }));
    const found = await Promise.all(all);
    return [...found.filter(({ here }) => here), ...found.filter(({ here }) => !here)].map(({ id }) => id);
  },
  package_manager: async (_asked, context) => context.packageManagers.map(({ id }) => id),
  async permissions({ filled: { environment } }, { policy }) {
    return (["read_only", "read_write"] as const).filter((permission) =>
      isAllowed(() => policy.permit({ permission, environment, reason: "asked for" })),
    );
  },
  async lifetimes({ filled: { environment, permission } }, { policy }) {
    const longest = policy.longest({
      permission: permission === "read_write" ? permission : "read_only",
      environment,
    });
    const usual = ["1h", "8h", "24h", "7d", "14d", "30d", "90d", "180d", "365d"];
    if (longest === undefined) return [...usual, "never"];
    return [...new Set([...usual.filter((one) => lifetime(one) <= longest), inWords(longest)])];
  },
  periods: async () => ["24h", "3d", "7d", "14d", "30d", "60d", "90d"],
  yes: async () => ["yes", "no"],
};

/** The newest of each issuer that is asked. */
async function activeTokens(context: Context): Promise<Token[]> {
  const lists = issuersWith("tokens", context).map(async ({ tokens }) => {
    const found: Token[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < pages && (page === 0 || cursor !== undefined); page++) {
      const { items, next_cursor } = await tokens.list({ status: "active", limit: aPage, cursor });
      found.push(...items);
      cursor = next_cursor;
    }
    return found;
  });
  return (await Promise.all(lists)).flat();
}

/** Names are texts of others: none that is not what it looks like. */
function shown(names: readonly string[]): string[] {
  return names.filter((name) => name !== "" && quote(name, 200) === name);
}

function isAllowed(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
