/** The protocol of docker's credential helpers (docker/docker-credential-helpers, README): an action, and stdin. */
import type { Texts } from "../../disk/change.ts";
import { Problem, quote } from "../../problem.ts";
import type { Run, RunResult } from "../../run.ts";
import { redact, Secret } from "../../secret.ts";
import type { Place, Target } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";
import type { Stored } from "../store.ts";
import { type AuthFile, ourHelper } from "./config.ts";
import { keeperFor } from "./keeper.ts";

/**
 * The login that a helper has for a host; `undefined` when it has none, or one that is no user and password.
 *
 * @param helper its name without `docker-credential-`, here and below
 * @throws Problem `command_failed`, `not_found` when the helper is not installed
 */
export async function askHelper(
  helper: string,
  host: string,
  env: Place["env"],
  run: Run,
): Promise<Stored | undefined> {
  const result = await run(programOf(helper), ["get"], { input: host, env });
  if (result.code !== 0) {
    if (/not found/i.test(result.stdout + result.stderr)) return undefined;
    throw failure(helper, "get", said(result));
  }
  const answer = parsed(result.stdout);
  if (answer === undefined) throw failure(helper, "get", "the answer is not JSON");
  const { Username: username, Secret: secret } = answer;
  // `<token>` marks an identity token, which is sent in another way.
  if (typeof username !== "string" || typeof secret !== "string" || !secret || username === "<token>")
    return undefined;
  return { username, secret: new Secret(secret) };
}

/** @throws Problem `command_failed`, `not_found` when the helper is not installed */
export async function storeIn(
  helper: string,
  { url, username, secret }: Target,
  env: Place["env"],
  run: Run,
): Promise<void> {
  const input = JSON.stringify({ ServerURL: url, Username: username, Secret: secret.reveal() });
  const result = await run(programOf(helper), ["store"], { input, env });
  if (result.code !== 0) throw failure(helper, "store", said(result));
}

/**
 * Makes the helper forget a host. One that has nothing is content.
 *
 * @throws Problem `command_failed`, `not_found` when the helper is not installed
 */
export async function eraseFrom(helper: string, host: string, env: Place["env"], run: Run): Promise<void> {
  const result = await run(programOf(helper), ["erase"], { input: host, env });
  if (result.code !== 0 && !/not found/i.test(result.stdout + result.stderr))
    throw failure(helper, "erase", said(result));
}

/**
 * Whether our own helper would answer a client, where it is to keep the login.
 *
 * @throws Problem `not_found`, `command_failed`
 */
export async function requireOurs(
  target: Target,
  file: AuthFile,
  place: Place,
  texts: Texts,
  run: Run,
): Promise<void> {
  if (keeperFor(target, file, texts) !== "store") return;
  const program = programOf(ourHelper);
  const fix = `Install fly-tokens so that \`${program}\` is on PATH (npm install --global), or use secret_style "value".`;
  try {
    const result = await run(program, ["list"], { env: { ...place.env, PATH: lastingPath(place) } });
    if (result.code === 0 && parsed(result.stdout)) return;
    throw new Problem("command_failed", `\`${program} list\` failed: ${quote(said(result))}`, fix);
  } catch (error) {
    if (!(error instanceof Problem && error.code === "not_found")) throw error;
    throw new Problem("not_found", `The program \`${program}\` is not on PATH.`, fix, { cause: error });
  }
}

/** What a program said in the end, without its log lines and without secrets. */
export function said({ stdout, stderr }: RunResult): string {
  const lines = `${stdout}\n${stderr}`
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "" && !/^time="/.test(line));
  return redact(lines.join("\n"));
}

/** Without the folders that npx and `npm run` put there for as long as they run: a client will not see those. */
function lastingPath({ env, platform }: Place): string {
  const { delimiter } = pathsOf({ platform });
  const folders = (env.PATH ?? "").split(delimiter);
  return folders.filter((folder) => !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder)).join(delimiter);
}

function programOf(helper: string): string {
  return `docker-credential-${helper}`;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function failure(helper: string, action: string, words: string): Problem {
  const program = programOf(helper);
  return new Problem(
    "command_failed",
    `\`${program} ${action}\` failed: ${quote(words)}`,
    `Run \`${program} list\` by hand to see why.`,
  );
}
