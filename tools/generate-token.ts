import * as z from "zod";
import { deliveryShape, destinationOf } from "../src/delivery/destination.ts";
import { handOver, mint, revokeOrSay } from "../src/minting.ts";
import { flyioRequestShape, tokenShape } from "../src/providers/shapes.ts";
import { defineTool } from "../src/tool.ts";

const shownOnce =
  "This value is shown now and never again. Nobody can read it back, not even the issuer. If it is lost, revoke this token and make a new one.";

export const generateToken = defineTool({
  name: "generate_token",
  title: "Generate a token",
  description:
    "Mints an access token, read-only for 30 days by default; for a deployment name its environment. The value is shown once, or goes to deliver_to unseen. To set up npm, pip or docker here use configure_package_manager, which mints its own.",
  effect: "create",
  input: z.object({
    name: z.string().min(1).max(100),
    permission: z.enum(["read_only", "read_write"]).default("read_only"),
    expires: z.string().optional().describe("48h, 30d (default), a date, or never"),
    environment: z.string().optional(),
    ...deliveryShape,
    idempotency_key: z
      .string()
      .max(200)
      .refine((key) => /^[!-~]+$/.test(key), "letters, digits and signs without spaces")
      .optional()
      .describe("Never mints twice"),
    flyio: flyioRequestShape
      .optional()
      .describe("kind decides over permission; commands: exact argument lists"),
    provider: z.string().optional(),
  }),
  output: z.object({
    show_once_warning: z.string(),
    token: tokenShape.omit({
      provider: true,
      created_by: true,
      created_at: true,
      last_used_at: true,
      status: true,
    }),
    delivery: z.object({
      kind: z.string(),
      location: z.string().optional(),
      next: z.string().optional(),
      restore_id: z.string().optional(),
    }),
    credential: z.object({ username: z.string(), token: z.string() }).optional(),
  }),
  async run(input, context) {
    const { tokens, provider } = context.use("tokens", input);
    const { name, permission, environment, idempotency_key, flyio } = input;
    const expires_at = context.policy.expiry(input.expires, input, context.now());
    const request = { name, permission, environment, idempotency_key, expires_at, flyio };
    context.policy.permit(request);
    const outlet = await context.outlet(input.deliver_to, destinationOf(input), provider);
    const { token, secret } = await mint(tokens, request, context);
    // The issuer may repeat the value for an answer that was lost on its way; an agent that had it gets it no second time.
    if (!secret || context.issued.get(token.id)) {
      return {
        show_once_warning:
          "This call was made before with the same idempotency_key. The token exists; its value was shown then and cannot be shown again. If it reached nobody, revoke the token and call again.",
        token,
        delivery: { kind: "none" },
      };
    }
    const { warnings = [], ...receipt } = await handOver(tokens, { token, secret }, outlet, context);
    context.issued.keep(token.id, { secret, username: token.username });
    const warning = outlet.reveals
      ? shownOnce
      : `The value is in ${receipt.location} and is not shown here. ${shownOnce.split(". ").slice(1).join(". ")}`;
    return {
      show_once_warning: [warning, ...warnings, ...(provider.cautions?.(secret) ?? [])].join(" "),
      token,
      delivery: receipt,
      ...(outlet.reveals && { credential: { username: token.username, token: secret } }),
    };
  },
  async lost({ token, credential }, input, context) {
    if (!credential) return;
    const id = String(token.id);
    context.issued.forget(id);
    await revokeOrSay(context.use("tokens", input).tokens, id, undefined);
  },
  concerns: (_input, output) => (output ? [String(output.token.id)] : []),
  say({ show_once_warning, token, delivery, credential }) {
    const what = `${token.name} (${token.id}): ${token.permission}, ${token.scope}${token.environment ? `, environment ${token.environment}` : ""}, expires ${token.expires_at ?? "never"}, user name ${token.username}.`;
    const where = credential
      ? "The value follows."
      : delivery.location
        ? `Delivered to ${delivery.location}.`
        : "";
    return [show_once_warning, what, where, delivery.next].filter(Boolean).join("\n");
  },
});
