import * as z from "zod";
import { expiresAt } from "../src/expiry.ts";
import { Problem, quote } from "../src/problem.ts";
import type { Tokens } from "../src/providers/provider.ts";
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
    expires: z.string().default("30d").describe("48h, 30d, a date, or never"),
    environment: z.string().optional(),
    deliver_to: z.enum(["inline", "file", "kubernetes"]).default("inline"),
    deliver_path: z.string().optional().describe("kubernetes: a manifest, not applied"),
    kubernetes: z
      .strictObject({
        context: z.string().max(253).optional(),
        namespace: z.string().optional(),
        secret_name: z.string().optional(),
      })
      .optional(),
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
    }),
    credential: z.object({ username: z.string(), token: z.string() }).optional(),
  }),
  async run(input, context) {
    const { tokens, provider } = context.use("tokens", input);
    const expires_at = expiresAt(input.expires, context.now(), context.config.max_expiry);
    const { name, permission, environment, idempotency_key, flyio, kubernetes } = input;
    const outlet = await context.outlet(input.deliver_to, { path: input.deliver_path, kubernetes }, provider);
    const { token, secret } = await tokens.issue({
      name,
      permission,
      environment,
      idempotency_key,
      expires_at,
      flyio,
    });
    // The issuer may repeat the value for an answer that was lost on its way; an agent that had it gets it no second time.
    if (!secret || context.issued.get(token.id)) {
      return {
        show_once_warning:
          "This call was made before with the same idempotency_key. The token exists; its value was shown then and cannot be shown again. If it reached nobody, revoke the token and call again.",
        token,
        delivery: { kind: "none" },
      };
    }
    try {
      const receipt = await outlet.deliver({ username: token.username, secret });
      context.issued.keep(token.id, { secret, username: token.username });
      const warning = outlet.reveals
        ? shownOnce
        : `The value is in ${receipt.location} and is not shown here. ${shownOnce.split(". ").slice(1).join(". ")}`;
      return {
        show_once_warning: [warning, ...(provider.cautions?.(secret) ?? [])].join(" "),
        token,
        delivery: receipt,
        ...(outlet.reveals && { credential: { username: token.username, token: secret } }),
      };
    } catch (error) {
      await revokeOrSay(tokens, token.id, error);
      if (!(error instanceof Problem)) throw error;
      throw new Problem(error.code, `${error.message} The new token ${token.id} was revoked.`, error.fix, {
        cause: error,
      });
    }
  },
  async lost({ token, credential }, input, context) {
    if (!credential) return;
    const id = String(token.id);
    context.issued.forget(id);
    await revokeOrSay(context.use("tokens", input).tokens, id, undefined);
  },
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

/** @throws Problem that names the token which is left, and why it was to be revoked */
async function revokeOrSay(tokens: Tokens, id: string, why: unknown): Promise<void> {
  try {
    await tokens.revoke(id);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const before = why instanceof Problem ? why.message : "The new token reached nobody.";
    throw new Problem(
      error.code,
      `${before} The new token ${quote(id, 100)} could NOT be revoked: ${error.message}`,
      "Nobody has its value. Revoke it with revoke_token.",
      { cause: error },
    );
  }
}
