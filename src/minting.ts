/** From a wish to a token that has reached somebody: asked of the issuer, noted, handed over; else revoked. */
import type { Context } from "./context.ts";
import type { DeliveryReceipt } from "./delivery/delivery.ts";
import type { Outlet } from "./delivery/outlet.ts";
import type { Wish } from "./policy/policy.ts";
import { Problem, quote } from "./problem.ts";
import type { Grant, IssueRequest, Tokens } from "./providers/provider.ts";
import type { Secret } from "./secret.ts";

/** What is asked of the issuer, and what only the operator's policy wants to know. */
export interface Order extends IssueRequest {
  /** What the token is for, in the words of who asks. */
  reason?: string | undefined;
  /** Whether a person has agreed, where the policy wants one to. */
  agreed?: boolean | undefined;
}

/** What the policy judges: at some issuers another part of the request decides what a token may do. */
export function wishOf(
  tokens: Pick<Tokens, "permissionOf">,
  { environment, reason, ...order }: Pick<Order, "permission" | "environment" | "reason" | "flyio">,
): Wish {
  return { permission: tokens.permissionOf?.(order) ?? order.permission, environment, reason };
}

/**
 * Has a token made, and notes whose value it is.
 * @throws Problem `forbidden` by the policy, `needs_confirmation` where nobody was asked who had to be, and what the
 *   issuer refuses
 */
export async function mint(tokens: Tokens, order: Order, context: Context): Promise<Grant> {
  const { reason, agreed, ...request } = order;
  const wish = wishOf(tokens, order);
  context.policy.permit(wish);
  context.policy.permitEnd(request.expires_at, wish, context.now());
  const why = context.policy.asks(wish);
  if (why !== undefined && !agreed)
    throw new Problem(
      "needs_confirmation",
      `${why} Nobody was asked about this token, and nothing was minted.`,
      "Call again; generate_token and configure_package_manager ask.",
    );
  const grant = await tokens.issue(request);
  const { token, secret } = grant;
  if (!secret) return grant;
  await orRevoke(tokens, token.id, () => context.ledger.note(token, secret, request));
  return grant;
}

/**
 * Hands a new token's value over, and notes where it went.
 * @throws Problem what the delivery refuses; the token has been revoked then, and the sentence says so
 */
export async function handOver(
  tokens: Tokens,
  { token, secret }: Grant & { secret: Secret },
  outlet: Outlet,
  context: Context,
): Promise<DeliveryReceipt> {
  const { id, provider, name, username } = token;
  return orRevoke(tokens, id, async () => {
    context.policy.permitDelivery(outlet.kind, token.environment);
    const receipt = await outlet.deliver({ username, secret, token: { id, provider, name } });
    const { kind, destination } = outlet;
    if (!outlet.by_hand && receipt.location !== undefined)
      await context.ledger.deliveredTo(provider, id, { kind, destination, location: receipt.location });
    return receipt;
  });
}

/** @throws Problem what `act` throws, and that the token was revoked, or could not be */
export async function orRevoke<T>(tokens: Tokens, id: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    await revokeOrSay(tokens, id, error);
    if (!(error instanceof Problem)) throw error;
    throw error.told({ sentence: `${error.message} The new token ${id} was revoked.` });
  }
}

/** @throws Problem that names the token which is left, and why it was to be revoked */
export async function revokeOrSay(tokens: Pick<Tokens, "revoke">, id: string, why: unknown): Promise<void> {
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

/**
 * Ends a token whose value nobody took from the page that would have shown it. No call does that, and so it is noted here;
 * a log that cannot be written does not keep it alive.
 * @throws Problem as `revokeOrSay`
 */
export async function endUnseen(
  tokens: Pick<Tokens, "revoke">,
  id: string,
  { audit, version }: Pick<Context, "audit" | "version">,
): Promise<void> {
  const client = { name: "fly-tokens", version };
  const line = audit.open({ client, tool: "revoke_token", reason: "Nobody took the value from its page." });
  const noted = (act: Promise<void>) => act.catch(() => {});
  await noted(line.begin([id], "not needed"));
  try {
    await revokeOrSay(tokens, id, undefined);
  } catch (error) {
    await noted(line.end(error instanceof Problem ? error.code : "internal"));
    throw error;
  }
  await noted(line.end("ok"));
}
