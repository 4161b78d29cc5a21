/** Before anything is made: whether a token can be rotated, into what, and what of this machine would be rewritten. */
import type { Context } from "../context.ts";
import type { Delivery, Destination } from "../delivery/delivery.ts";
import type { Outlet } from "../delivery/outlet.ts";
import { lifetime } from "../expiry.ts";
import { wishOf } from "../minting.ts";
import type { Wish } from "../policy/policy.ts";
import { Problem, quote } from "../problem.ts";
import type { IssueRequest, Token } from "../providers/provider.ts";
import type { Found } from "./consumer.ts";
import { placesOf } from "./places.ts";
import { newId, type RotationRecord } from "./record.ts";

export interface RotationRequest {
  provider?: string | undefined;
  /** Default: as long as the old one was to live. */
  expires?: string | undefined;
  /**
   * `0`, `24h`. Default: no longer, but a day where a person has to carry the value on, or where nobody can see when it is
   * used: machines that restart one after the other, jobs that are running.
   */
  keep_old_for?: string | undefined;
  idempotency_key?: string | undefined;
  reason?: string | undefined;
  /** Whether a person has agreed to the successor. */
  agreed?: boolean | undefined;
  /** Where the value is to go beside the places that have it. */
  deliver_to?: string | undefined;
  destination: Destination;
}

export interface Intent {
  token: Token;
  found: Found;
  request: IssueRequest;
  /** Milliseconds. */
  keep_for: number;
  /** Where the value goes beside the places that have it now. */
  outlet: Outlet | undefined;
}

const aDay = 86_400_000;

/**
 * Changes nothing.
 * @throws Problem `not_found`, `conflict` for a revoked token, `unsupported` where no successor could take its place,
 *   `forbidden` by the policy, `invalid_input`, and what makes a place impossible to look at, or to rewrite
 */
export async function intend(id: string, wish: RotationRequest, context: Context): Promise<Intent> {
  const { tokens, provider } = context.use("tokens", wish.provider);
  const token = await tokens.get(id);
  const name = `${quote(token.name)} (${quote(token.id, 100)})`;
  if (token.status === "revoked")
    throw new Problem(
      "conflict",
      `${name} has been revoked, and stays so.`,
      "Make a new one with generate_token or configure_package_manager.",
    );
  const own = await provider.identity?.me().catch(() => undefined);
  if (own?.token_id === token.id)
    throw new Problem(
      "unsupported",
      `${name} is the credential that this server itself uses.`,
      "Make another one where you got it, and change the server's setting.",
    );
  const kept = keptFor(wish.keep_old_for);
  const request = await requestFor(token, wish, context);
  context.policy.permit(wishOf(tokens, { ...request, reason: wish.reason }));
  await tokens.check?.(request);
  const found = await placesOf(token, undefined, context);
  const { deliver_to, destination } = wish;
  if (deliver_to !== undefined) context.policy.permitDelivery(deliver_to, token.environment);
  const outlet =
    deliver_to === undefined ? undefined : await context.outlet(deliver_to, destination, provider);
  refuseLosing(name, found, outlet);
  for (const consumer of found.consumers) await consumer.check();
  return { token, found, request, outlet, keep_for: kept ?? (outlet?.by_hand || found.unseen ? aDay : 0) };
}

/** @throws Problem `unsupported` when it is not known what the token may do */
async function requestFor(token: Token, wish: RotationRequest, context: Context): Promise<IssueRequest> {
  const asked = (await context.ledger.of(token.provider, token.id))?.request;
  const permission = asked?.permission ?? (token.permission === "custom" ? undefined : token.permission);
  if (permission === undefined)
    throw new Problem(
      "unsupported",
      `What ${quote(token.name)} may do is not known here well enough to make another one like it.`,
      "Make its successor with generate_token, then revoke it with revoke_token.",
    );
  const { environment, name } = token;
  const request = { name, permission, environment, flyio: asked?.flyio };
  const { tokens } = context.use("tokens", token.provider);
  const kind = wishOf(tokens, { ...request, reason: wish.reason });
  return { ...request, expires_at: expiryOf(token, wish.expires, kind, context) };
}

function expiryOf(
  { created_at, expires_at }: Token,
  wished: string | undefined,
  kind: Wish,
  context: Context,
): Date | null {
  const now = context.now();
  if (wished !== undefined) return context.policy.expiry(wished, kind, now);
  const longest = context.policy.limit(kind)?.longest ?? Number.POSITIVE_INFINITY;
  const life =
    expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at) - Date.parse(created_at);
  const shorter = Math.min(life, longest);
  return Number.isFinite(shorter) ? new Date(now.getTime() + shorter) : null;
}

/** @throws Problem `unsupported` where nobody would get the successor's value */
function refuseLosing(name: string, { consumers, by_hand }: Found, outlet: Outlet | undefined): void {
  if (consumers.length === 0 && !outlet)
    throw new Problem(
      "unsupported",
      `This machine knows of no place where ${name} is used, so nobody would get its successor's value.`,
      "Call again with deliver_to, as of generate_token.",
    );
  if (by_hand.length > 0 && !outlet?.by_hand)
    throw new Problem(
      "unsupported",
      `${by_hand.join(" and ")} can only be set by the user.`,
      'Call again with deliver_to "reveal_page" (or "inline"), so that they get the value.',
    );
}

/** In milliseconds; `undefined` where nothing was said. @throws Problem `invalid_input` */
export function keptFor(keep_old_for: string | undefined): number | undefined {
  if (keep_old_for === undefined) return undefined;
  return /^0\s*[a-z]?$/i.test(keep_old_for.trim()) ? 0 : lifetime(keep_old_for);
}

/** Whether a person has to carry the value on. */
export function isByHand({ reveals, by_hand }: Pick<Delivery, "reveals" | "by_hand">): boolean {
  return reveals || by_hand === true;
}

export function recordOf(
  { token, request, keep_for, outlet }: Intent,
  wish: RotationRequest,
  context: Context,
): RotationRecord {
  const { name, permission, environment, flyio, expires_at } = request;
  return {
    id: newId(),
    provider: token.provider,
    old: { id: token.id, name: token.name, username: token.username, expires_at: token.expires_at },
    key: wish.idempotency_key,
    started_at: context.now().toISOString(),
    phase: "begun",
    request: {
      name,
      permission,
      environment,
      flyio,
      reason: wish.reason,
      agreed: wish.agreed,
      expires_at: expires_at?.toISOString() ?? null,
    },
    keep_for,
    ...(outlet && { deliver: { to: outlet.kind, destination: outlet.destination, begun: false } }),
    attempt: 1,
    rewritten: [],
  };
}
