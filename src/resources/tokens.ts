import * as z from "zod";
import { issuersWith } from "../completion/issuers.ts";
import { Problem } from "../problem.ts";
import { tokenShape } from "../providers/shapes.ts";
import { defineResource } from "../resource.ts";

/** Of each issuer: what an agent can read at once. */
const most = 200;

export const tokens = defineResource({
  name: "tokens",
  title: "Tokens",
  description:
    "The tokens of the issuer in use, newest first, without their values; at most 200, and it says when there are more.",
  uri: "fly-tokens://tokens",
  mimeType: "application/json",
  audience: ["user", "assistant"],
  priority: 0.6,
  // Any call may have changed them.
  fresh: 0,
  like: "list_tokens",
  async read(_value, context) {
    const issuers = await Promise.all(
      issuersWith("tokens", context).map(async ({ id, tokens: group }) => {
        try {
          const { items, next_cursor, total } = await group.list({ limit: most });
          return {
            provider: id,
            tokens: z.array(tokenShape).parse(items),
            ...(total !== undefined && { total }),
            ...(next_cursor !== undefined && {
              cut: `These are the newest ${items.length}. list_tokens has the rest: provider "${id}", cursor "${next_cursor}".`,
            }),
          };
        } catch (error) {
          // One issuer that cannot be asked must not hide what the others say.
          if (!(error instanceof Problem)) throw error;
          return { provider: id, tokens: [], problem: error };
        }
      }),
    );
    const [first] = issuers;
    if (issuers.length === 1 && first && "problem" in first) throw first.problem;
    return JSON.stringify(
      {
        issuers: issuers.map((one) =>
          "problem" in one ? { ...one, problem: `${one.problem.message} ${one.problem.fix}` } : one,
        ),
      },
      null,
      2,
    );
  },
});
