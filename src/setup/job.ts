/** One set-up: what was asked for, and what it is done with. */
import { posix, win32 } from "node:path";
import type { Context } from "../context.ts";
import type { Texts } from "../disk/change.ts";
import type { Issued } from "../issued.ts";
import { wishOf } from "../minting.ts";
import type { PackageManager, Place, SecretStyle, Target } from "../package-managers/package-manager.ts";
import { requireFolder } from "../path.ts";
import { Problem } from "../problem.ts";
import type { Endpoint, FlyioRequest, Provider, Registries, Token, Tokens } from "../providers/provider.ts";

export interface SetupRequest {
  permission: "read_only" | "read_write";
  expires?: string | undefined;
  environment?: string | undefined;
  /** A token that this server has minted just now, instead of a new one. */
  token_id?: string | undefined;
  /** Where an existing token is (token-from.ts), instead of a new one. */
  token_from?: string | undefined;
  npm_scope?: string | undefined;
  secret_style?: SecretStyle | undefined;
  flyio?: FlyioRequest | undefined;
  /** What a new token is for, for the operator's policy. */
  reason?: string | undefined;
  /** Whether a person has agreed to a new token. */
  agreed?: boolean | undefined;
  provider?: string | undefined;
  dry_run: boolean;
  verify: boolean;
}

/** A package manager, and where it is to find its registry. */
export interface Part {
  manager: PackageManager;
  endpoint: Endpoint;
}

export interface Job {
  /** All of them with one token, all or none. */
  parts: readonly Part[];
  place: Place;
  request: SetupRequest;
  context: Context;
  provider: Provider;
  tokens: Tokens;
  registries: Registries;
  /** When a new token is to expire; `null`: never. */
  expires_at: Date | null;
}

/**
 * Checks what was asked for, as far as that needs no file.
 * @throws Problem `invalid_input`, `forbidden`, `not_found`, and what `Context.use` throws
 */
export async function openJob(
  managers: readonly PackageManager[],
  place: Place,
  request: SetupRequest,
  context: Context,
): Promise<Job> {
  const { tokens } = context.use("tokens", request);
  const { registries, provider } = context.use("registries", request);
  const expires_at = context.policy.expiry(request.expires, wishOf(tokens, request), context.now());
  // Where one comes into being with its first token, it need not be there yet.
  if (request.environment !== undefined && provider.environments?.create)
    await provider.environments.get(request.environment);
  if (place.project_dir !== undefined) await requireFolder(place.project_dir);
  const parts: Part[] = [];
  for (const manager of managers)
    parts.push({ manager, endpoint: await registries.endpoint(manager.ecosystem) });
  return { parts, place, request, context, provider, tokens, registries, expires_at };
}

/** What is written: a token's value, and the token, once there is one. */
export interface Held extends Issued {
  token?: Token | undefined;
}

export function targetOf(
  { request, registries }: Job,
  { endpoint }: Part,
  { secret, username, token }: Held,
): Target {
  return {
    url: endpoint.url,
    publish_url: endpoint.publish_url,
    path: endpoint.path,
    issuer: endpoint.issuer,
    mirrors: endpoint.mirrors,
    publishes: (token?.permission ?? request.permission) !== "read_only",
    username,
    secret: registries.password?.(secret) ?? secret,
    style: request.secret_style,
    npm_scope: request.npm_scope,
  };
}

/** Every file of the job's managers, each once. @throws Problem `invalid_input`, as `filesFor` */
export function filesOf({ parts, place }: Job): string[] {
  return [...new Set(parts.flatMap(({ manager }) => filesFor(manager, place)))];
}

/**
 * A manager's files. A variable such as XDG_CONFIG_HOME may move them; where it holds a relative path, they would be
 * other ones for this server than for the client, and a secret could end up in somebody's project.
 *
 * @throws Problem `invalid_input` when one is not absolute, and what `files` throws
 */
export function filesFor(manager: PackageManager, place: Place): readonly string[] {
  const files = manager.files(place);
  const { isAbsolute, join } = place.platform === "win32" ? win32 : posix;
  const relative = files.find((file) => !isAbsolute(file));
  if (relative === undefined) return files;
  const name = Object.entries(place.env).find(
    ([, value]) => value && (relative === value || relative.startsWith(join(value, "/"))),
  )?.[0];
  throw new Problem(
    "invalid_input",
    `${manager.title}'s files are at the relative path ${relative}${name ? `, because of ${name}` : ""}: another place in each folder.`,
    `Set ${name ?? "the variable that moves them"} to an absolute path, or unset it.`,
  );
}

/** The managers' files as they are now. */
export function textsOf(job: Job): Promise<Texts> {
  return job.context.disk.read(filesOf(job));
}
