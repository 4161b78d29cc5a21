import * as z from "zod";
import { lifetime } from "../src/expiry.ts";
import { flyioQueryShape, permissions, statuses, tokenShape, tokenSorts } from "../src/providers/shapes.ts";
import { expiringInWords, expiringOf, expiringShape } from "../src/setup/expiring.ts";
import { defineTool } from "../src/tool.ts";

export const listTokens = defineTool({
  name: "list_tokens",
  title: "List tokens",
  description:
    "Show or find all tokens: which keys and credentials there are and how many, whose they are (created_by), which are active or about to run out (expires_within), and their ids. Newest first; never their values.",
  effect: "read",
  input: z.object({
    status: statuses.optional(),
    permission: permissions.optional(),
    environment: z.string().optional(),
    name: z.string().optional().describe("Part of the name"),
    created_by: z.string().optional(),
    expires_within: z.string().optional().describe("Such as 30d"),
    sort: tokenSorts.optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().optional(),
    flyio: flyioQueryShape.optional(),
    provider: z.string().optional(),
  }),
  quiet: ["sort", "permission"],
  output: z.object({
    tokens: z.array(tokenShape),
    next_cursor: z.string().optional(),
    total: z.int().optional(),
    expiring: expiringShape.optional(),
  }),
  async run({ provider, expires_within, ...query }, context) {
    const until =
      expires_within === undefined ? undefined : new Date(context.now().getTime() + lifetime(expires_within));
    const page = await context
      .use("tokens", { provider, flyio: query.flyio })
      .tokens.list({ ...query, ...(until && { expires_before: until }) });
    const expiring = await expiringOf(page.items, context);
    return {
      tokens: page.items,
      next_cursor: page.next_cursor,
      total: page.total,
      ...(expiring.length > 0 && { expiring }),
    };
  },
  say({ tokens, next_cursor, total, expiring = [] }) {
    if (tokens.length === 0) return "No token matches.";
    const lines = tokens.map(
      ({ id, name, permission, scope, environment, created_by, status, expires_at }) =>
        `${id}  ${name}  ${permission} (${scope})${environment ? `  ${environment}` : ""}  by ${created_by}  ${status}  expires ${expires_at ?? "never"}`,
    );
    const rest = total === undefined || !next_cursor ? "" : ` (${tokens.length} of ${total} are here)`;
    return [
      ...lines,
      ...(next_cursor ? [`More${rest}: call again with cursor ${next_cursor}`] : []),
      ...expiringInWords(expiring),
    ].join("\n");
  },
});
