import * as z from "zod";
import { deploymentShape, tokenShape } from "../src/providers/shapes.ts";
import { defineTool } from "../src/tool.ts";

export const getToken = defineTool({
  name: "get_token",
  title: "Get a token",
  description:
    "All that is known of one token, where this machine uses it, and what it pulled last if it is an environment's. Not its value: nobody can read that again.",
  effect: "read",
  input: z.object({ id: z.string().min(1).max(200), provider: z.string().optional() }),
  output: z.object({
    token: tokenShape,
    delivered_to: z.array(z.string()),
    last_pulls: z.array(deploymentShape.omit({ token_id: true })).optional(),
  }),
  async run({ id, provider: named }, context) {
    const { tokens, provider } = context.use("tokens", named);
    const token = await tokens.get(id);
    const records = await context.disk.journal({ token_id: id });
    const delivered = records
      .filter((record) => record.state === "done")
      .flatMap((record) => record.files.map((file) => file.path));
    const history = token.environment
      ? await provider.environments?.history(token.environment, { limit: 50 })
      : undefined;
    return {
      token,
      delivered_to: [...new Set(delivered)],
      ...(history && { last_pulls: history.items.filter((pull) => pull.token_id === id).slice(0, 10) }),
    };
  },
  say: ({ token, delivered_to, last_pulls = [] }) =>
    [
      `${token.name} (${token.id}): ${token.status}, ${token.permission}, ${token.scope}${token.environment ? `, environment ${token.environment}` : ""}, user name ${token.username}, made by ${token.created_by} on ${token.created_at}, expires ${token.expires_at ?? "never"}, ${token.last_used_at ? `last used ${token.last_used_at}` : "never used"}.`,
      ...(delivered_to.length > 0 ? [`Used here by ${delivered_to.join(", ")}.`] : []),
      ...last_pulls.map(
        ({ image, tag, digest, at }) => `Pulled ${image}${tag ? `:${tag}` : ""} (${digest}) at ${at}`,
      ),
    ].join("\n"),
});
