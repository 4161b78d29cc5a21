import * as z from "zod";
import type { Context } from "../src/context.ts";
import type { Destination } from "../src/delivery/delivery.ts";
import { deliveryShape, destinationOf } from "../src/delivery/destination.ts";
import { handOver, mint, revokeOrSay, wishOf } from "../src/minting.ts";
import { quote } from "../src/problem.ts";
import type { Provider, Token } from "../src/providers/provider.ts";
import { flyioRequestShape, idempotencyKeyShape, tokenShape } from "../src/providers/shapes.ts";
import { planFor } from "../src/token-plan.ts";
import { defineTool } from "../src/tool.ts";

const ifLost = "If it is lost, revoke this token and make a new one.";
const shownOnce = `This value is shown now and never again. Nobody can read it back, not even the issuer. ${ifLost}`;

const shownBefore =
  "This call was made before with the same idempotency_key. The token exists; its value was shown then and cannot be shown again. If it reached nobody, revoke the token and call again.";

const inputShape = z.object({
  name: z.string().min(1).max(100),
  permission: z.enum(["read_only", "read_write"]).default("read_only"),
  expires: z.string().optional().describe("48h, 30d (default), a date, or never"),
  environment: z.string().optional(),
  ...deliveryShape,
  idempotency_key: idempotencyKeyShape(200).optional().describe("Never mints twice"),
  flyio: flyioRequestShape.optional().describe("kind overrides permission"),
  reason: z.string().min(1).max(300).optional().describe("What the user wants it for"),
  provider: z.string().optional(),
});

type Input = z.output<typeof inputShape>;

/** All of the request that needs no issuer, checked. @throws Problem */
async function prepared(input: Input, context: Context) {
  const { policy } = context;
  const { tokens, provider } = context.use("tokens", input);
  const { name, permission, environment, idempotency_key, flyio, deliver_to } = input;
  const wish = wishOf(tokens, input);
  const now = context.now();
  const expires_at = policy.expiry(input.expires, wish, now);
  policy.permit(wish);
  policy.permitDelivery(deliver_to, environment);
  const outlet = await context.outlet(deliver_to, destinationOf(input), provider);
  const request = { name, permission, environment, idempotency_key, expires_at, flyio };
  return { tokens, provider, request, outlet, now };
}

/** What an earlier call with the same idempotency key and the same wish has made here, while it is active. */
async function madeBefore(
  { idempotency_key: key, name, permission, environment }: Input,
  { id: provider, tokens }: Provider,
  { ledger }: Context,
): Promise<Token | undefined> {
  const entries = key === undefined ? [] : await ledger.madeWith(provider, key);
  for (const { token_id, request } of entries) {
    if (request?.permission !== permission || request.environment !== environment) continue;
    const token = await tokens?.get(token_id).catch(() => undefined);
    if (token?.status === "active" && token.name === name) return token;
  }
  return undefined;
}

/** The parts of a destination that were named, for people. */
function wordsOf(destination: Destination): string[] {
  return Object.entries(destination).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} ${quote(typeof value === "string" ? value : JSON.stringify(value))}`],
  );
}

/** Of a value that is not in the result. */
function warningOf({ by_hand, readable }: { by_hand: boolean; readable: boolean }, location = ""): string {
  if (by_hand) return `The value is shown once at ${location}, and not here. ${ifLost}`;
  return `The value is in ${location} and is not shown here.${readable ? "" : " Nobody can read it back."} ${ifLost}`;
}

export const generateToken = defineTool({
  name: "generate_token",
  title: "Generate a token",
  description:
    "Create, make or issue a new token: a credential, secret or API key that CI, a server or a person needs; read-only for 30 days by default. For a deployment name its environment. The value is shown once, or stored unseen (deliver_to). configure_package_manager mints its own.",
  effect: "create",
  input: inputShape,
  here: ["deliver_path", "deliver_name", "deliver_in", "deliver_git", "kubernetes"],
  elsewhere: {
    description:
      "Create, make or issue (mint) a new token: a credential, secret or API key that CI, a server or a person needs; read-only for 30 days by default. For a deployment name its environment. The value is shown once. configure_package_manager says where a package manager wants it.",
    quiet: ["deliver_to"],
  },
  quiet: ["deliver_git", "kubernetes.context", "flyio.cluster", "flyio.command_prefixes"],
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
  async plan(input, context) {
    const { environment = "", name, permission, expires, deliver_to, reason } = input;
    const why = context.policy.asks(input);
    if (why === undefined) return undefined;
    const { tokens, provider, request, now } = await prepared(input, context);
    if (await madeBefore(input, provider, context)) return undefined;
    // Nobody is to be asked about what would be refused.
    if (provider.environments?.create) await provider.environments.get(environment);
    await tokens.check?.(request);
    const { expires_at } = request;
    const goes = [deliver_to, ...wordsOf(destinationOf(input))].join(", ");
    const issuer = provider.title;
    return planFor({ why, name, permission, environment, issuer, expires, expires_at, now, goes, reason });
  },
  async run(input, context, plan) {
    const { tokens, provider, request, outlet } = await prepared(input, context);
    // Nothing is asked of the issuer, who might make another one: a person has agreed to that one.
    const earlier = !plan && context.policy.asks(input) && (await madeBefore(input, provider, context));
    if (earlier) return { show_once_warning: shownBefore, token: earlier, delivery: { kind: "none" } };
    const order = { ...request, reason: input.reason, agreed: plan !== undefined };
    const { token, secret } = await mint(tokens, order, context);
    // The issuer may repeat the value for an answer that was lost on its way; an agent that had it gets it no second time.
    if (!secret || context.issued.get(token.id))
      return { show_once_warning: shownBefore, token, delivery: { kind: "none" } };
    const { warnings = [], ...receipt } = await handOver(tokens, { token, secret }, outlet, context);
    context.issued.keep(token.id, { secret, username: token.username });
    const warning = outlet.reveals ? shownOnce : warningOf(outlet, receipt.location);
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
    const undo = delivery.restore_id
      ? `restore_package_manager takes that back (restore_id ${delivery.restore_id}).`
      : "";
    return [show_once_warning, what, where, delivery.next, undo].filter(Boolean).join("\n");
  },
});
