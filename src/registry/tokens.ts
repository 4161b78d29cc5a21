/**
 * What is always true of a token: it opens until it expires or is revoked; revoked stays revoked; only one that is not
 * active can be deleted; an admin manages all, a developer those that they created and cannot tell that there are others.
 * Functions of (request, record, now): no I/O, no clock.
 */
import { createHash } from "node:crypto";
import { type Keyholder, Refusal } from "./caller.ts";
import { hashOf, makeCredential, randomBase62 } from "./credential.ts";
import type { TokenRow } from "./store/schema.ts";

export type TokenStatus = "active" | "expired" | "revoked";

export interface TokenRequest {
  name: string;
  permission: "read_only" | "read_write";
  /** `null`: never. */
  expires_at: Date | null;
  environment?: string | undefined;
}

/** A token as its managers see it; times ISO 8601 in UTC. */
export interface TokenView {
  id: string;
  name: string;
  username: string;
  permission: "read_only" | "read_write";
  environment?: string;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at?: string;
  status: TokenStatus;
}

export function statusOf(token: Pick<TokenRow, "revoked_at" | "expires_at">, now: Date): TokenStatus {
  if (token.revoked_at !== null) return "revoked";
  return token.expires_at !== null && token.expires_at <= now.getTime() ? "expired" : "active";
}

/** Whether a user may see, revoke and delete a token. */
export function manages(by: Keyholder, token: Pick<TokenRow, "created_by">): boolean {
  return by.role === "admin" || token.created_by === by.username;
}

/**
 * The token that a user asked for, if they may know of it.
 * @throws Refusal 404, the same for a token that is not there and for one that is somebody else's
 */
export function managed(token: TokenRow | undefined, by: Keyholder): TokenRow {
  if (!token || !manages(by, token)) throw new Refusal(404, "not_found", "There is no such token.");
  return token;
}

/**
 * A new token.
 * @param idempotencyKey kept with the token, so that the same request does not make another
 * @returns the record, and the value that exists nowhere else
 * @throws Refusal 400 when the name would hide something or the expiry has passed
 */
export function mint(
  request: TokenRequest,
  by: Keyholder,
  now: Date,
  idempotencyKey?: string,
): { token: TokenRow; value: string } {
  checkName(request.name);
  if (request.expires_at && request.expires_at <= now)
    throw new Refusal(400, "invalid", "`expires_at` has passed already.");
  const value = makeCredential("token");
  const token: TokenRow = {
    id: `tok_${randomBase62(20)}`,
    name: request.name,
    folded_name: fold(request.name),
    username: by.username,
    permission: request.permission,
    environment: request.environment ?? null,
    created_by: by.username,
    created_at: now.getTime(),
    expires_at: request.expires_at?.getTime() ?? null,
    revoked_at: null,
    revoked_by: null,
    last_used_at: null,
    hash: hashOf(value),
    idempotency_key: idempotencyKey ?? null,
    request_hash: idempotencyKey === undefined ? null : fingerprint(request),
  };
  return { token, value };
}

/** How names are compared: without regard to case, and to how an accent is written. */
export function fold(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/**
 * SHA-256 (hex) of what was asked for; two requests with the same one ask for the same token. Of its end only whether it
 * has one: "in 30 days" is another moment when it is said again.
 */
export function fingerprint(request: TokenRequest): string {
  const { name, permission, environment, expires_at } = request;
  return createHash("sha256")
    .update(JSON.stringify([name, permission, environment ?? null, expires_at === null]))
    .digest("hex");
}

/** The change that revokes a token; `undefined` when it has been revoked before (an expired one can still be revoked). */
export function revocation(
  token: TokenRow,
  by: Keyholder,
  now: Date,
): Pick<TokenRow, "revoked_at" | "revoked_by"> | undefined {
  return token.revoked_at === null ? { revoked_at: now.getTime(), revoked_by: by.username } : undefined;
}

/** @throws Refusal 409 for a token that is active */
export function checkDeletable(token: TokenRow, now: Date): void {
  if (statusOf(token, now) === "active")
    throw new Refusal(409, "conflict", "The token is active: revoke it before you delete it.");
}

export function view(token: TokenRow, now: Date): TokenView {
  let fixed = views.get(token);
  if (!fixed) {
    fixed = fixedView(token);
    views.set(token, fixed);
  }
  return { ...fixed, status: statusOf(token, now) };
}

/** Rows are never changed, and those of tokens in use are kept (store/lookup.ts). */
const views = new WeakMap<TokenRow, Omit<TokenView, "status">>();

function fixedView(token: TokenRow): Omit<TokenView, "status"> {
  return {
    id: token.id,
    name: token.name,
    username: token.username,
    permission: token.permission,
    ...(token.environment !== null && { environment: token.environment }),
    created_by: token.created_by,
    created_at: new Date(token.created_at).toISOString(),
    expires_at: token.expires_at === null ? null : new Date(token.expires_at).toISOString(),
    ...(token.last_used_at !== null && { last_used_at: new Date(token.last_used_at).toISOString() }),
  };
}

function checkName(name: string): void {
  const length = [...name].length;
  if (length < 1 || length > 100 || name.trim() === "")
    throw new Refusal(400, "invalid", "`name` has 1 to 100 characters, and not only spaces.");
  // Control, zero-width, bidirectional, private and unassigned characters, and halves of surrogate pairs.
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name))
    throw new Refusal(400, "invalid", "`name` contains invisible characters.");
}
