/**
 * Points a package manager to a registry with a token: mint, let the client log in, write, read back, verify with a
 * real request. Whatever fails, everything is put back and the new token is revoked: all or nothing.
 */
import type { Context } from "../context.ts";
import type { Receipt } from "../disk/disk.ts";
import type { Issued } from "../issued.ts";
import type {
  Draft,
  PackageManager,
  Place,
  Target,
  Verification,
} from "../package-managers/package-manager.ts";
import { Problem } from "../problem.ts";
import type { Token } from "../providers/provider.ts";
import { Secret } from "../secret.ts";
import { type Credential, fits, obtain, refuseLosing, standing } from "./credential.ts";
import { findCredential } from "./found.ts";
import { type Job, openJob, type SetupRequest, targetOf, textsOf } from "./job.ts";

/** In place of a token that does not exist yet, so that a plan can be made and checked before anything is minted. */
const standIn: Issued = { secret: new Secret("a-token-that-does-not-exist-yet"), username: "preview" };

export interface SetupOutcome extends Receipt {
  token?: Token | undefined;
  verified?: Verification | undefined;
}

/** @throws Problem what made it fail, after everything was put back */
export async function setUp(
  manager: PackageManager,
  place: Place,
  request: SetupRequest,
  context: Context,
): Promise<SetupOutcome> {
  const job = await openJob(manager, place, request, context);
  const before = await standing(job);
  const kept = before && fits(before, job) ? before : undefined;
  // Whatever would be refused is refused before a token exists.
  const planned = targetOf(job, kept ?? standIn);
  const preview = await write(job, planned, undefined);
  await manager.ready?.(planned, place, await textsOf(job), context.run);
  if (!kept) refuseLosing(job, preview.variable);
  if (request.dry_run) return { ...preview, token: kept?.token };
  const credential = kept ?? (await obtain(job));
  const target = targetOf(job, credential);
  let receipt: Written | undefined;
  try {
    await manager.login?.(target, place, await textsOf(job), context.run);
    receipt = await write(job, target, credential.token);
    const verified = request.verify ? await verify(job, target, receipt.variable) : undefined;
    const { replaced_url, variable: _, ...written } = receipt;
    const notes = [
      ...(await passThrough(job, replaced_url)),
      ...about(before, credential),
      ...(job.provider.notes?.() ?? []),
    ];
    return { ...written, token: credential.token, verified, warnings: [...written.warnings, ...notes] };
  } catch (error) {
    throw await putBack(job, error, receipt, credential);
  }
}

type Written = Receipt & Pick<Draft, "replaced_url" | "variable">;

/** @param token whose secret the target has; without one it is only looked whether it could be written */
async function write(
  { manager, place, context }: Job,
  target: Target,
  token: Token | undefined,
): Promise<Written> {
  let draft: Draft | undefined;
  const receipt = await context.disk.edit({
    purpose: {
      manager: manager.id,
      scope: place.scope,
      project_dir: place.project_dir,
      provider: token?.provider,
      token_id: token?.id,
    },
    files: manager.files(place),
    dry_run: token === undefined,
    plan(texts) {
      draft = manager.plan(target, place, texts);
      return draft.changes;
    },
  });
  return {
    ...receipt,
    warnings: [...(draft?.warnings ?? []), ...receipt.warnings],
    replaced_url: draft?.replaced_url,
    variable: draft?.variable,
  };
}

/**
 * With what the client itself would find now, so that a wrong key or a shadowing setting shows.
 * @param variable what is to hold the secret; the user sets it where they work, not where this server runs
 */
async function verify(job: Job, target: Target, variable: string | undefined): Promise<Verification> {
  const { manager, place, context } = job;
  const status = await findCredential(manager, target.url, place, context);
  // Configured without a secret that we can read: what has it keeps it to itself.
  const unread = manager.stored ? undefined : target.secret;
  const secret = status.configured ? (status.secret ?? unread) : variable && target.secret;
  const username = status.username ?? target.username;
  const verified = secret ? await manager.verify({ ...target, secret, username }, context.fetch) : undefined;
  if (verified?.ok) return verified;
  const why =
    [verified?.cause, ...status.shadowed_by].filter(Boolean).join(" ") ||
    `${manager.tool} would not find the credential that was written.`;
  throw new Problem(
    "verification_failed",
    `${manager.title} was set up, but it does not work: ${why}`,
    "Remove what stands in the way and try again, or pass verify: false.",
  );
}

/** Packages that the registry lacks come from where they came before. It helps, but nothing fails without it. */
async function passThrough({ manager, registries }: Job, url: string | undefined): Promise<string[]> {
  if (url === undefined || !registries.passThrough) return [];
  try {
    await registries.passThrough(manager.ecosystem, url);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [`Packages that this registry lacks are not passed on to ${url}: ${error.message}`];
  }
}

function about(before: Credential | undefined, now: Credential): string[] {
  if (before === now) return ["It was set up already with a token that works; nothing was minted."];
  if (!before || before.token.id === now.token.id) return [];
  return [
    `The token that was used before, ${before.token.name} (${before.token.id}), is still active; revoke_token ends it.`,
  ];
}

/** Puts everything back; returns what to throw, with what was and what could not be done. */
async function putBack(
  { manager, place, context, tokens, endpoint }: Job,
  error: unknown,
  receipt: Receipt | undefined,
  credential: Credential,
): Promise<unknown> {
  const id = receipt?.restore_id;
  const steps: [string, (() => Promise<unknown>) | undefined][] = [
    [
      "The configuration was put back.",
      id === undefined ? undefined : () => context.disk.restore(id, context.undo),
    ],
    [
      "",
      manager.logout &&
        (async () =>
          manager.logout?.(endpoint.url, place, await context.disk.read(manager.files(place)), context.run)),
    ],
    [
      `The new token ${credential.token.id} was revoked.`,
      credential.minted ? () => tokens.revoke(credential.token.id) : undefined,
    ],
  ];
  const said: string[] = [];
  for (const [claim, act] of steps) {
    if (!act) continue;
    await act().then(
      () => said.push(claim),
      () => said.push(claim.replace(" was ", " could NOT be ")),
    );
  }
  if (!(error instanceof Problem)) return error;
  return new Problem(error.code, [error.message, ...said].filter(Boolean).join(" "), error.fix, {
    cause: error,
  });
}
