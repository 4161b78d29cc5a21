/** After a failure: everything as it was. */
import { Problem } from "../problem.ts";
import type { Credential } from "./credential.ts";
import type { Job, Part } from "./job.ts";

export interface Begun {
  job: Job;
  credential: Credential;
  /** Those whose client may have kept something outside the files. */
  loggedIn: readonly Part[];
  /** The edit, when something was written. */
  restore_id: string | undefined;
}

/** Puts everything back; returns what to throw, with what was and what could not be done. */
export async function putBack(
  error: unknown,
  { job, credential, loggedIn, restore_id }: Begun,
): Promise<unknown> {
  const { context, tokens, place } = job;
  const steps: [claim: string, act: () => Promise<unknown>][] = [];
  if (restore_id !== undefined)
    steps.push(["The configuration was put back.", () => context.disk.restore(restore_id, context.undo)]);
  for (const { manager, endpoint } of loggedIn) {
    const { logout } = manager;
    if (logout)
      steps.push([
        "",
        async () => logout(endpoint.url, place, await context.disk.read(manager.files(place)), context.run),
      ]);
  }
  if (credential.minted)
    steps.push([
      `The new token ${credential.token.id} was revoked.`,
      () => tokens.revoke(credential.token.id),
    ]);
  const said: string[] = [];
  for (const [claim, act] of steps) {
    await act().then(
      () => said.push(claim),
      () => said.push(claim.replace(" was ", " could NOT be ")),
    );
  }
  if (!(error instanceof Problem)) return error;
  return error.told({ sentence: [error.message, ...said].filter(Boolean).join(" ") });
}
