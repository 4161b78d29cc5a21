import * as z from "zod";
import type { Context } from "../src/context.ts";
import { Problem } from "../src/problem.ts";
import { defineTool, type Plan } from "../src/tool.ts";

export const deleteToken = defineTool({
  name: "delete_token",
  title: "Delete tokens",
  description:
    "Clean or tidy up the list: purge or remove old tokens that no longer work, expired or already revoked, for good. An active one stays (still_active).",
  effect: "destroy",
  input: z.object({
    ids: z.array(z.string().min(1).max(200)).min(1).max(100),
    provider: z.string().optional(),
  }),
  output: z.object({
    outcomes: z.array(
      z.object({
        id: z.string(),
        outcome: z.enum(["deleted", "still_active", "not_found", "forbidden", "failed"]),
        message: z.string().optional(),
      }),
    ),
  }),
  async plan({ ids, provider }, context): Promise<Plan | undefined> {
    const { tokens } = deleting(provider, context);
    const found = await Promise.all([...new Set(ids)].map((id) => tokens.get(id).catch(unlessUnknown)));
    const gone = found.filter((token) => token !== undefined && token.status !== "active");
    if (gone.length === 0) return undefined;
    return {
      lines: [
        ...gone.map((token) => `Delete ${token?.name} (${token?.id}), ${token?.status}`),
        "They disappear from the list for good.",
      ],
      ids: [...new Set(ids)],
      phrase: gone.length === 1 ? (gone[0]?.name ?? "1") : String(gone.length),
    };
  },
  async run({ ids, provider }, context, plan) {
    const { tokens } = deleting(provider, context);
    const outcomes = [];
    for (const id of plan?.ids ?? new Set(ids)) {
      try {
        outcomes.push({ id, outcome: await tokens.delete(id) });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcomes.push({ id, outcome: outcomeOf(error), message: error.message });
      }
    }
    return { outcomes };
  },
  concerns: ({ ids }, output) => output?.outcomes.map(({ id }) => String(id)) ?? ids,
  say: ({ outcomes }) =>
    outcomes
      .map(
        ({ id, outcome, message }) =>
          `${id}: ${outcome.replaceAll("_", " ")}${message ? ` (${message})` : ""}`,
      )
      .join("\n"),
});

/** Before a person is asked, and again when it is done. */
function deleting(named: string | undefined, context: Context) {
  const { tokens, provider } = context.use("tokens", named);
  const { delete: remove } = tokens;
  if (remove) return { tokens: { ...tokens, delete: remove } };
  throw new Problem("unsupported", `${provider.title} deletes no tokens.`, "Revoke them with revoke_token.");
}

/** An unknown id becomes an outcome of the call; an issuer that cannot be reached ends it before anything is asked. */
function unlessUnknown(error: unknown): undefined {
  if (error instanceof Problem && outcomeOf(error) !== "failed") return undefined;
  throw error;
}

function outcomeOf({ code }: Problem): "still_active" | "not_found" | "forbidden" | "failed" {
  if (code === "conflict") return "still_active";
  return code === "not_found" || code === "forbidden" ? code : "failed";
}
