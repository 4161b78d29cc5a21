import * as z from "zod";
import { deliveryShape, destinationOf } from "../src/delivery/destination.ts";
import { restrictionsShape } from "../src/providers/shapes.ts";
import { tokenBy } from "../src/setup/token-from.ts";
import { defineTool } from "../src/tool.ts";

const sameAsParent =
  "It appears in no list and cannot be revoked by itself: it dies with the token that it was made from.";

export const restrictToken = defineTool({
  name: "restrict_token",
  title: "Narrow down a token",
  description:
    "Restrict (attenuate) a Fly.io token that you have, offline: a weaker version with reduced rights or a shorter lifetime, limited or narrowed down to read-only, one app, machine or command. Shown once, or stored unseen.",
  effect: "create",
  here: true,
  input: z.object({
    from: z.string().describe("env:NAME, file:PATH, keychain:NAME, or an id made just now"),
    restrictions: restrictionsShape.describe('commands: exact; actions: "read", "everything but delete"'),
    ...deliveryShape,
    deliver_path: z.string().optional(),
  }),
  quiet: [
    "restrictions.command_prefixes",
    "restrictions.volumes",
    "restrictions.caveats",
    "deliver_name",
    "deliver_in",
    "deliver_git",
    "kubernetes",
  ],
  output: z.object({
    show_once_warning: z.string(),
    explanation: z.array(z.string()),
    expires_at: z.string().nullable(),
    delivery: z.object({
      kind: z.string(),
      location: z.string().optional(),
      next: z.string().optional(),
    }),
    credential: z.object({ username: z.string(), token: z.string() }).optional(),
  }),
  async run({ from, restrictions, deliver_to, ...rest }, context) {
    const { restrict, provider } = context.use("restrict");
    const outlet = await context.outlet(deliver_to, destinationOf(rest));
    const parent = await tokenBy(from, context);
    // What is left of it beside reading, nobody can say: it may be all of it.
    const wish = { permission: restrictions.read_only ? "read_only" : "custom" } as const;
    context.policy.permit(wish);
    const limit = context.policy.limit(wish);
    const { secret, explanation } = await restrict.narrow(parent, restrictions, limit);
    const username = "x";
    const receipt = await outlet.deliver({ username, secret });
    return {
      show_once_warning: [
        outlet.reveals
          ? "This value is shown now and never again; if it is lost, make it anew."
          : `The value is in ${receipt.location} and is not shown here.`,
        sameAsParent,
        ...(provider.cautions?.(secret) ?? []),
      ].join(" "),
      explanation: explanation.sentences,
      expires_at: explanation.expires_at,
      delivery: receipt,
      ...(outlet.reveals && { credential: { username, token: secret } }),
    };
  },
  say: ({ show_once_warning, explanation, delivery, credential }) =>
    [
      show_once_warning,
      ...explanation,
      credential ? "The value follows." : `Delivered to ${delivery.location ?? delivery.kind}.`,
      delivery.next,
    ]
      .filter(Boolean)
      .join("\n"),
});
