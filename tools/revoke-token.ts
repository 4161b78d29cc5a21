import * as z from "zod";
import type { Context } from "../src/context.ts";
import { Problem } from "../src/problem.ts";
import type { Token } from "../src/providers/provider.ts";
import { permissions, statuses } from "../src/providers/shapes.ts";
import { onRecord, usedHere, useInWords } from "../src/setup/used-here.ts";
import { defineTool, type Plan } from "../src/tool.ts";

const Filter = z.strictObject({
  status: statuses.optional(),
  permission: permissions.optional(),
  environment: z.string().optional(),
  name: z.string().optional().describe("Part of the name"),
  created_by: z.string().optional(),
});

const atOnce = 5;

export const revokeToken = defineTool({
  name: "revoke_token",
  title: "Revoke tokens",
  description:
    "Revoke or end tokens now and for good: kill, invalidate, disable, block or cancel keys that must not work any more, since somebody left, a laptop was stolen or a key leaked. By ids or a filter such as created_by. Whatever uses them is cut off.",
  effect: "destroy",
  input: z.object({
    ids: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
    filter: Filter.optional().describe("Instead of ids"),
    provider: z.string().optional(),
  }),
  quiet: ["filter.status", "filter.permission"],
  output: z.object({
    outcomes: z.array(
      z.object({
        id: z.string(),
        name: z.string().optional(),
        outcome: z.enum(["revoked", "already_revoked", "not_found", "forbidden", "failed"]),
        message: z.string().optional(),
      }),
    ),
  }),
  async plan({ ids, filter, provider: named }, context): Promise<Plan | undefined> {
    const { tokens, provider } = context.use("tokens", named);
    if (ids && filter)
      throw new Problem(
        "invalid_input",
        "Either ids or a filter says which tokens, not both.",
        "Leave one out; list_tokens shows what a filter matches.",
      );
    const found = ids
      ? await byIds([...new Set(ids)], (id) => tokens.get(id))
      : await byFilter(filter, context, named);
    const own = await provider.identity?.me().then(
      (me) => me.token_id,
      () => undefined,
    );
    const live = found.filter(({ token }) => token?.status === "active");
    if (live.length === 0 && ids) return undefined;
    const alive = live.flatMap(({ token }) => token ?? []);
    const used = await usedHere(alive, context);
    const there = context.remote ? await onRecord(alive, context) : new Set();
    const lines = live.map(
      ({ id, token }) =>
        `Revoke ${token?.name} (${id}): ${token?.permission}, ${token?.scope}, made by ${token?.created_by}${used.has(id) ? `; used on this machine by ${used.get(id)?.map(useInWords).join(", ")}` : ""}${there.has(id) ? "; on record where this server runs" : ""}${id === own ? "; THE TOKEN THAT THIS SERVER ITSELF USES" : ""}`,
    );
    const first = live[0]?.token;
    return {
      lines: [...lines, "Whatever uses them stops working at once. This cannot be undone."],
      ids: found.map(({ id }) => id),
      phrase: live.length === 1 && first ? first.name : String(live.length),
      ...(own !== undefined && live.some(({ id }) => id === own) && { always: true }),
    };
  },
  async run({ ids, provider }, context, plan) {
    const { tokens } = context.use("tokens", provider);
    const one = async (id: string) => {
      const known = await tokens.get(id).catch(() => undefined);
      const name = known && { name: known.name };
      context.issued.forget(id);
      try {
        return { id, ...name, outcome: await tokens.revoke(id) };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const outcome = error.code === "not_found" || error.code === "forbidden" ? error.code : "failed";
        return { id, ...name, outcome, message: error.message } as const;
      }
    };
    const outcomes = [];
    const all = [...(plan?.ids ?? new Set(ids))];
    // A hundred, one after the other, would take longer than clients wait.
    for (let at = 0; at < all.length; at += atOnce)
      outcomes.push(...(await Promise.all(all.slice(at, at + atOnce).map(one))));
    return { outcomes };
  },
  concerns: ({ ids = [] }, output) => output?.outcomes.map(({ id }) => String(id)) ?? ids,
  say: ({ outcomes }) =>
    outcomes
      .map(
        ({ id, name, outcome, message }) =>
          `${name ?? id}: ${outcome.replaceAll("_", " ")}${message ? ` (${message})` : ""}`,
      )
      .join("\n"),
});

interface Found {
  id: string;
  token?: Token | undefined;
}

async function byIds(ids: readonly string[], get: (id: string) => Promise<Token>): Promise<Found[]> {
  return Promise.all(ids.map(async (id) => ({ id, token: await get(id).catch(unlessUnknown) })));
}

/** An unknown id becomes an outcome of the call; an issuer that cannot be reached ends it before anything is asked. */
function unlessUnknown(error: unknown): undefined {
  if (error instanceof Problem && (error.code === "not_found" || error.code === "forbidden"))
    return undefined;
  throw error;
}

async function byFilter(
  filter: z.output<typeof Filter> | undefined,
  context: Context,
  provider: string | undefined,
): Promise<Found[]> {
  if (!filter || Object.keys(filter).length === 0)
    throw new Problem(
      "invalid_input",
      "Give ids, or a filter with at least one condition.",
      "list_tokens shows ids and takes the same conditions.",
      { argument: "ids" },
    );
  const page = await context.use("tokens", provider).tokens.list({ status: "active", ...filter, limit: 101 });
  if (page.items.length > 100 || page.next_cursor)
    throw new Problem(
      "invalid_input",
      "The filter matches more than 100 tokens.",
      "Narrow it, or revoke in several calls.",
    );
  if (page.items.length === 0)
    throw new Problem("not_found", "No active token matches the filter.", "list_tokens shows what there is.");
  return page.items.map((token) => ({ id: token.id, token }));
}
