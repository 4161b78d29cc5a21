/** The token of a set-up: the one that is there and fits, the one that was named, or a new one. */
import { isDeepStrictEqual } from "node:util";
import { fingerprintsOf } from "../fingerprints.ts";
import type { Issued } from "../issued.ts";
import { mint, type Order } from "../minting.ts";
import { Problem } from "../problem.ts";
import type { IssueRequest, Token } from "../providers/provider.ts";
import { findCredential } from "./found.ts";
import type { Job, SetupRequest } from "./job.ts";
import type { Plan } from "./plan.ts";
import { tokenFrom } from "./token-from.ts";

export interface Credential extends Issued {
  token: Token;
  /** Made for this set-up, and revoked when it fails. */
  minted: boolean;
}

/** The active tokens of this registry that the clients have now, each once. */
export async function standing({ parts, place, context, registries }: Job): Promise<Credential[]> {
  const found = new Map<string, Credential>();
  for (const { manager, endpoint } of parts) {
    const { secret } = await findCredential(manager, endpoint.url, place, context);
    const token = secret && (await registries.introspect?.(secret));
    if (secret && token?.status === "active")
      found.set(token.id, { token, secret, username: token.username, minted: false });
  }
  return [...found.values()];
}

/** Whether the token was named, so that none is to be minted. */
export function isGiven({ token_id, token_from }: SetupRequest): boolean {
  return token_id !== undefined || token_from !== undefined;
}

/** The first that is what was asked for, with at least half of the life that was asked for: then nothing is minted. */
export async function standingThatFits(
  credentials: readonly Credential[],
  job: Job,
): Promise<Credential | undefined> {
  for (const credential of credentials) if (await fits(credential, job)) return credential;
  return undefined;
}

async function fits(credential: Credential, job: Job): Promise<boolean> {
  const { request, context, expires_at: wanted } = job;
  const { token } = credential;
  if (isGiven(request) || token.environment !== request.environment) return false;
  if (!(await isAlike(credential, job))) return false;
  if (token.expires_at === null || wanted === null) return token.expires_at === null && wanted === null;
  const now = context.now().getTime();
  return (Date.parse(token.expires_at) - now) * 2 >= wanted.getTime() - now;
}

/**
 * Whether it may do what was asked for. Where it was made here, that is whether the same was asked for then: which app
 * one of Fly.io's is for, its record does not say for certain.
 */
async function isAlike({ token, secret }: Credential, { request, context }: Job): Promise<boolean> {
  const { permission, flyio = {} } = request;
  const made = await context.ledger.of(token.provider, token.id).catch(() => undefined);
  const [, ...parts] = fingerprintsOf(secret);
  // One that was narrowed since is another value of the same token.
  if (made?.request && parts.every((part) => made.fingerprints.includes(part)))
    return made.request.permission === permission && isDeepStrictEqual(made.request.flyio ?? {}, flyio);
  return token.permission === permission && Object.keys(flyio).length === 0;
}

/** @throws Problem `not_found`, `unauthorized`, `unsupported`, `invalid_input` when two are named, and what the issuer refuses */
export async function obtain(job: Job): Promise<Credential> {
  const { token_id, token_from } = job.request;
  if (token_id !== undefined && token_from !== undefined)
    throw new Problem("invalid_input", "Two tokens are named.", "Give token_id or token_from, not both.");
  if (token_id !== undefined) return mintedBefore(token_id, job);
  if (token_from !== undefined) return named(token_from, job);
  return mintFor(job);
}

async function mintedBefore(id: string, { context, tokens }: Job): Promise<Credential> {
  const issued = context.issued.get(id);
  if (issued) return { token: await tokens.get(id), ...issued, minted: false };
  throw new Problem(
    "not_found",
    "The value of that token is not held here: only the server that made it keeps it, for 15 minutes.",
    "Leave token_id out: a new token is minted.",
    { argument: "token_id" },
  );
}

async function named(reference: string, { context, registries }: Job): Promise<Credential> {
  const secret = await tokenFrom(reference, context);
  const token = await registries.introspect?.(secret);
  if (token?.status === "active") return { token, secret, username: token.username, minted: false };
  throw new Problem(
    "unauthorized",
    `What ${reference} holds is not an active token of this registry.`,
    "Leave token_from out: a new token is minted.",
  );
}

/**
 * Where a variable is to hold the secret, no file does: a token minted here would be lost.
 * @throws Problem `unsupported`
 */
export function refuseLosing({ request }: Job, { variables }: Plan): void {
  const [part, variable] = [...variables][0] ?? [];
  if (!part || isGiven(request)) return;
  throw new Problem(
    "unsupported",
    `${part.manager.title} reads its token from the environment variable ${variable} here, so no file would hold a new one.`,
    `Mint it with generate_token, let the user set ${variable}, and pass its token_id (or token_from: env:${variable}); or pass secret_style: value.`,
  );
}

/** How the token of a set-up is called. */
export function nameFor(managers: readonly { id: string }[], { hostname }: { hostname: string }): string {
  return `${managers.map(({ id }) => id).join(", ")} on ${hostname}`.slice(0, 100);
}

/** What is asked of the issuer. */
export function requestOf({ parts, request, context, expires_at }: Job): IssueRequest {
  const { permission, environment, flyio } = request;
  const name = nameFor(
    parts.map(({ manager }) => manager),
    context,
  );
  return { name, permission, environment, expires_at, flyio };
}

function orderOf(job: Job): Order {
  const { reason, agreed } = job.request;
  return { ...requestOf(job), reason, agreed };
}

async function mintFor(job: Job): Promise<Credential> {
  const { token, secret } = await mint(job.tokens, orderOf(job), job.context);
  if (!secret) throw new Problem("internal", "The issuer returned no value for a new token.", "Try again.");
  return { token, secret, username: token.username, minted: true };
}
