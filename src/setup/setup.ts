/**
 * Points package managers to a registry with one token: mint, let the clients log in, write, read back, verify each
 * with a real request. Whatever fails, everything is put back and the new token is revoked: all or nothing.
 */
import type { Context } from "../context.ts";
import type { Receipt } from "../disk/disk.ts";
import type { Issued } from "../issued.ts";
import { wishOf } from "../minting.ts";
import type { PackageManager, Place, Verification } from "../package-managers/package-manager.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import { Secret } from "../secret.ts";
import {
  type Credential,
  isGiven,
  obtain,
  refuseLosing,
  requestOf,
  standing,
  standingThatFits,
} from "./credential.ts";
import { findCredential } from "./found.ts";
import {
  filesOf,
  type Held,
  type Job,
  openJob,
  type Part,
  type SetupRequest,
  targetOf,
  textsOf,
} from "./job.ts";
import { type Plan, planAll } from "./plan.ts";
import { putBack } from "./put-back.ts";

/**
 * In place of a token that does not exist yet, so that a plan can be made and checked before anything is minted; of
 * the user for whom it will be, since a file may have room for one user's login alone (netrc).
 */
async function standIn({ provider }: Job): Promise<Issued> {
  const me = await provider.identity?.me();
  return { secret: new Secret("a-token-that-does-not-exist-yet"), username: me?.username ?? "preview" };
}

export interface SetupOutcome extends Receipt {
  token?: Token | undefined;
  verified?: Verification[] | undefined;
}

/** @throws Problem what made it fail, after everything was put back */
export async function setUp(
  managers: readonly PackageManager[],
  place: Place,
  request: SetupRequest,
  context: Context,
): Promise<SetupOutcome> {
  const job = await openJob(managers, place, request, context);
  const before = await standing(job);
  const kept = await standingThatFits(before, job);
  // Whatever would be refused is refused before a token exists, and in a dry run, too.
  const given = isGiven(request) ? await obtain(job) : undefined;
  if (!kept && !given) {
    context.policy.permit(wishOf(job.tokens, request));
    await job.tokens.check?.(requestOf(job));
  }
  const preview = await prepare(job, kept ?? given ?? (await standIn(job)));
  if (!kept) refuseLosing(job, preview.plan);
  if (request.dry_run) {
    const warnings = [...new Set([...preview.receipt.warnings, ...(await shadows(job, preview.plan))])];
    return { ...preview.receipt, token: (kept ?? given)?.token, warnings };
  }
  const credential = kept ?? given ?? (await obtain(job));
  const loggedIn: Part[] = [];
  let written: Written | undefined;
  try {
    for (const part of job.parts) {
      loggedIn.push(part);
      await part.manager.login?.(targetOf(job, part, credential), place, await textsOf(job), context.run);
    }
    written = await write(job, credential, credential.token);
    const verified = request.verify ? await verify(job, credential, written.plan) : undefined;
    const notes = [
      ...(await passThrough(job, written.plan)),
      ...about(before, credential),
      ...(job.provider.cautions?.(credential.secret) ?? []),
      ...(job.provider.notes?.() ?? []),
    ];
    const { receipt } = written;
    return { ...receipt, token: credential.token, verified, warnings: [...receipt.warnings, ...notes] };
  } catch (error) {
    throw await putBack(error, { job, credential, loggedIn, restore_id: written?.receipt.restore_id });
  }
}

/**
 * Whether the managers could be given another token. Changes nothing.
 * @throws Problem what `setUp` would refuse before it writes
 */
export async function rehearse(
  managers: readonly PackageManager[],
  place: Place,
  request: SetupRequest,
  context: Context,
): Promise<void> {
  const job = await openJob(managers, place, request, context);
  await prepare(job, await standIn(job));
}

/** Plans, and looks whether the plan could be carried out. */
async function prepare(job: Job, planned: Held): Promise<Written> {
  const preview = await write(job, planned, undefined);
  for (const part of job.parts)
    await part.manager.ready?.(targetOf(job, part, planned), job.place, await textsOf(job), job.context.run);
  return preview;
}

interface Written {
  receipt: Receipt;
  plan: Plan;
}

/** @param token whose secret is written; without one it is only looked whether it could be */
async function write(job: Job, credential: Held, token: Token | undefined): Promise<Written> {
  const { place, parts, context } = job;
  let plan: Plan | undefined;
  const receipt = await context.disk.edit({
    purpose: {
      managers: parts.map(({ manager }) => manager.id),
      scope: place.scope,
      project_dir: place.project_dir,
      provider: token?.provider,
      token_id: token?.id,
      npm_scope: job.request.npm_scope,
      secret_style: job.request.secret_style,
    },
    files: filesOf(job),
    dry_run: token === undefined,
    plan(texts) {
      plan = planAll(job, credential, texts);
      return plan.changes;
    },
  });
  plan ??= { changes: [], warnings: [], replaced: [], variables: new Map() };
  return { receipt: { ...receipt, warnings: [...plan.warnings, ...receipt.warnings] }, plan };
}

/** What would outrank a set-up; where it is carried out, it fails by that, and says so. */
async function shadows(job: Job, { changes }: Plan): Promise<string[]> {
  const texts = new Map(await textsOf(job));
  for (const { path, after } of changes) texts.set(path, after);
  return job.parts.flatMap(
    ({ manager, endpoint }) => manager.status(endpoint.url, job.place, texts).shadowed_by,
  );
}

/** With what each client itself would find now, so that a wrong key or a shadowing setting shows. */
async function verify(job: Job, credential: Held, { variables }: Plan): Promise<Verification[]> {
  const all: Verification[] = [];
  for (const part of job.parts) {
    const { manager } = part;
    const target = targetOf(job, part, credential);
    const status = await findCredential(manager, target.url, job.place, job.context);
    // Configured without a secret that we can read: what has it keeps it to itself. What is to hold a variable's
    // value, the user sets where they work, not where this server runs.
    const unread = manager.stored ? undefined : target.secret;
    const secret = status.configured
      ? (status.secret ?? unread)
      : variables.has(part)
        ? target.secret
        : undefined;
    const username = status.username ?? target.username;
    const verified = secret && (await manager.verify({ ...target, secret, username }, job.context.fetch));
    if (!verified?.ok)
      throw unverified(part, [verified?.cause, ...status.shadowed_by].filter(Boolean).join(" "));
    all.push(verified);
  }
  return all;
}

function unverified({ manager }: Part, cause: string): Problem {
  return new Problem(
    "verification_failed",
    `${manager.title} was set up, but it does not work: ${cause || `${manager.tool} would not find the credential that was written.`}`,
    "Remove what stands in the way and try again, or pass verify: false.",
  );
}

/** Packages that the registry lacks come from where they came before. It helps, but nothing fails without it. */
async function passThrough({ registries }: Job, { replaced }: Plan): Promise<string[]> {
  const notes: string[] = [];
  for (const { part, url } of replaced) {
    try {
      await registries.passThrough?.(part.manager.ecosystem, url);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      notes.push(`Packages that this registry lacks are not passed on to ${url}: ${error.message}`);
    }
  }
  return notes;
}

function about(before: readonly Credential[], now: Credential): string[] {
  const others = before.filter(({ token }) => token.id !== now.token.id);
  return [
    ...(before.includes(now) ? ["It was set up already with a token that works; nothing was minted."] : []),
    ...others.map(
      ({ token }) =>
        `The token that was used before, ${token.name} (${token.id}), is still active; revoke_token ends it.`,
    ),
  ];
}
