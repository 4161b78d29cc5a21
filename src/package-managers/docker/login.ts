/** The part of a docker login that is not in a file: the registry's word on the token, and the credential helper. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem, quote } from "../../problem.ts";
import type { Run, RunResult } from "../../run.ts";
import type { Place, Target } from "../package-manager.ts";
import { said, storeIn } from "./credential-helper.ts";

/**
 * Lets the docker CLI try the token and hand it to the helper. It gets a configuration folder of its own, because it
 * would write the user's file anew, in its own order and without what it does not know. Without the CLI the helper is
 * told directly; without a helper there is nothing to do.
 *
 * @param helper of the user's, when one keeps the login
 * @throws Problem `unauthorized`, `command_failed`, `not_found` when the helper is not installed
 */
export async function dockerLogin(
  target: Target,
  helper: string | undefined,
  env: Place["env"],
  run: Run,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "docker-login-")); // 0700
  try {
    await writeFile(join(folder, "config.json"), JSON.stringify(temporaryConfig(target.url, helper)), {
      mode: 0o600,
    });
    const args = ["login", target.url, "-u", target.username, "--password-stdin"];
    const result = await run("docker", args, {
      input: target.secret.reveal(),
      env: environment(env, folder),
    });
    if (result.code !== 0) throw refusal(target.url, result);
  } catch (error) {
    if (!(error instanceof Problem && error.code === "not_found")) throw error;
    if (helper !== undefined) await storeIn(helper, target, env, run);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An entry in `auths` keeps the CLI from choosing a helper by itself, which it does for an empty configuration. */
function temporaryConfig(host: string, helper: string | undefined): object {
  const auths = { "placeholder.invalid": {} };
  return helper === undefined ? { auths } : { auths, credHelpers: { [host]: helper } };
}

/** Without the settings that would lead the CLI elsewhere: contexts stand in the folder that it does not get. */
function environment(env: Place["env"], folder: string): Record<string, string | undefined> {
  return { ...env, DOCKER_CONFIG: folder, DOCKER_CONTEXT: undefined, DOCKER_AUTH_CONFIG: undefined };
}

function refusal(host: string, result: RunResult): Problem {
  const words = said(result);
  return /\b(401|403|unauthorized|denied|incorrect username or password)\b/i.test(words)
    ? new Problem(
        "unauthorized",
        `${host} refused the docker login: ${quote(words)}`,
        "Check that the token is active and meant for this registry, or make a new one with generate_token.",
      )
    : new Problem(
        "command_failed",
        `\`docker login ${host}\` failed: ${quote(words)}`,
        `Run \`docker login ${host}\` by hand to see why.`,
      );
}
