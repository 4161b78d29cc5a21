/**
 * Points a package manager to a registry with a token: mint, let the client log in, write, read back, verify with a
 * real request. Whatever fails, everything is put back and the new token is revoked: all or nothing.
 */
import type { Context } from "./context.ts";
import type { Receipt } from "./disk/disk.ts";
import { expiresAt } from "./expiry.ts";
import type { Issued } from "./issued.ts";
import type {
  PackageManager,
  Place,
  SecretStyle,
  Target,
  Verification,
} from "./package-managers/package-manager.ts";
import { Problem } from "./problem.ts";
import type { Token } from "./providers/provider.ts";
import { Secret } from "./secret.ts";
import { tokenFrom } from "./token-from.ts";

export interface SetupRequest {
  permission: "read_only" | "read_write";
  expires: string;
  environment?: string | undefined;
  token_id?: string | undefined;
  token_from?: string | undefined;
  npm_scope?: string | undefined;
  secret_style?: SecretStyle | undefined;
  provider?: string | undefined;
  dry_run: boolean;
  verify: boolean;
}

export interface SetupOutcome {
  token?: Token | undefined;
  changes: Receipt["changes"];
  verified?: Verification | undefined;
  warnings: string[];
  restore_id?: string | undefined;
}

/** A credential for the set-up, and whether it was made for it. */
interface Credential extends Issued {
  token: Token;
  minted: boolean;
}

/** @throws Problem what made it fail, after everything was put back */
export async function setUp(
  manager: PackageManager,
  place: Place,
  request: SetupRequest,
  context: Context,
): Promise<SetupOutcome> {
  const setup = new Setup(manager, place, request, context);
  // With a stand-in for the secret: whatever would be refused is refused before a token exists.
  const preview = await setup.write(
    await setup.target({ secret: new Secret("a-token-that-does-not-exist-yet"), username: "preview" }),
    true,
  );
  if (request.dry_run) return preview;
  const found = await setup.current();
  const credential = found ?? (await setup.obtain());
  const target = await setup.target(credential);
  let receipt: Receipt | undefined;
  try {
    await setup.login(target);
    receipt = await setup.write(target, false, credential.token);
    const verified = request.verify ? await setup.verify(target) : undefined;
    const warnings = [
      ...receipt.warnings,
      ...(found ? ["It was set up already with a token that works; nothing was minted."] : setup.leftOver()),
      ...setup.notes(),
    ];
    return { ...receipt, token: credential.token, verified, warnings };
  } catch (error) {
    throw await setup.undo(error, receipt, credential);
  }
}

class Setup {
  readonly manager: PackageManager;
  readonly place: Place;
  readonly request: SetupRequest;
  readonly context: Context;
  /** The token that stood there before and is not used any more. */
  #former: Token | undefined;

  constructor(manager: PackageManager, place: Place, request: SetupRequest, context: Context) {
    this.manager = manager;
    this.place = place;
    this.request = request;
    this.context = context;
  }

  get #issuer() {
    const { tokens } = this.context.use("tokens", this.request.provider);
    const { registries, provider } = this.context.use("registries", this.request.provider);
    return { tokens, registries, provider };
  }

  async target({ secret, username }: Issued): Promise<Target> {
    const { url, path } = await this.#issuer.registries.endpoint(this.manager.ecosystem);
    return {
      url,
      path,
      username,
      secret,
      style: this.request.secret_style,
      npm_scope: this.request.npm_scope,
    };
  }

  /** The token that is there now, when it is what was asked for: setting up twice changes nothing. */
  async current(): Promise<Credential | undefined> {
    const { url } = await this.#issuer.registries.endpoint(this.manager.ecosystem);
    const { secret } = this.manager.status(
      url,
      this.place,
      await this.context.disk.read(this.manager.files(this.place)),
    );
    const token = secret && (await this.#issuer.registries.introspect?.(secret).catch(() => undefined));
    if (!secret || !token || this.request.token_id !== undefined || this.request.token_from !== undefined)
      return undefined;
    if (token.status === "active") this.#former = token;
    const { permission, environment, expires } = this.request;
    const wanted = expiresAt(expires, this.context.now(), this.context.config.max_expiry);
    const fits =
      token.status === "active" &&
      token.permission === permission &&
      token.environment === environment &&
      livesLongEnough(token, wanted, this.context.now());
    return fits ? { token, secret, username: token.username, minted: false } : undefined;
  }

  async obtain(): Promise<Credential> {
    const { tokens, registries } = this.#issuer;
    const { token_id, token_from, permission, environment, expires } = this.request;
    if (token_id !== undefined) {
      const issued = this.context.issued.get(token_id);
      if (!issued)
        throw new Problem(
          "not_found",
          "The value of that token is not held here (it is kept for 15 minutes after it was made, by the server that made it).",
          "Leave token_id out: a new token is minted.",
        );
      return { token: await tokens.get(token_id), ...issued, minted: false };
    }
    if (token_from !== undefined) {
      const secret = await tokenFrom(token_from, this.context);
      const token = await registries.introspect?.(secret);
      if (token?.status !== "active")
        throw new Problem(
          "unauthorized",
          `What ${token_from} holds is not an active token of this registry.`,
          "Leave token_from out: a new token is minted.",
        );
      return { token, secret, username: token.username, minted: false };
    }
    const name = `${this.manager.id} on ${this.context.hostname}`.slice(0, 100);
    const { token, secret } = await tokens.issue({
      name,
      permission,
      environment,
      expires_at: expiresAt(expires, this.context.now(), this.context.config.max_expiry),
    });
    if (!secret) throw new Problem("internal", "The issuer returned no value for a new token.", "Try again.");
    return { token, secret, username: token.username, minted: true };
  }

  async login(target: Target): Promise<void> {
    await this.manager.login?.(target, this.place, await this.#texts(), this.context.run);
  }

  async write(target: Target, dry_run: boolean, token?: Token): Promise<Receipt> {
    const warnings: string[] = [];
    let replaced: string | undefined;
    const receipt = await this.context.disk.edit({
      purpose: {
        manager: this.manager.id,
        scope: this.place.scope,
        project_dir: this.place.project_dir,
        provider: token?.provider,
        token_id: token?.id,
      },
      files: this.manager.files(this.place),
      dry_run,
      plan: (texts) => {
        const draft = this.manager.plan(target, this.place, texts);
        warnings.splice(0, warnings.length, ...draft.warnings);
        replaced = draft.replaced_url;
        return draft.changes;
      },
    });
    if (replaced && !dry_run) await this.#issuer.registries.passThrough?.(this.manager.ecosystem, replaced);
    return { ...receipt, warnings: [...warnings, ...receipt.warnings] };
  }

  /** With what the client itself would find now, so that a wrong key or a shadowing setting shows. */
  async verify(target: Target): Promise<Verification> {
    const status = this.manager.status(target.url, this.place, await this.#texts());
    // Configured without a secret that we can read: a credential helper has it.
    const secret = status.secret ?? (status.configured ? target.secret : undefined);
    const verified =
      secret &&
      (await this.manager.verify(
        { ...target, secret, username: status.username ?? target.username },
        this.context.fetch,
      ));
    if (verified?.ok) return verified;
    const cause =
      verified?.cause ??
      (status.shadowed_by.join(" ") ||
        `${this.manager.tool} would not find the credential that was written.`);
    throw new Problem(
      "verification_failed",
      `${this.manager.title} was set up, but it does not work: ${cause}`,
      "Everything was put back. Remove what stands in the way and try again, or pass verify: false.",
    );
  }

  leftOver(): string[] {
    return this.#former
      ? [
          `The token that was used before, ${this.#former.name} (${this.#former.id}), is still active; revoke_token ends it.`,
        ]
      : [];
  }

  notes(): readonly string[] {
    return this.#issuer.provider.notes?.() ?? [];
  }

  /** Puts everything back; returns what to throw. */
  async undo(error: unknown, receipt: Receipt | undefined, credential: Credential): Promise<unknown> {
    const done: string[] = [];
    const attempt = async (what: string, act: () => Promise<unknown>) => {
      await act().then(
        () => done.push(what),
        () => done.push(`${what.replace("was", "could NOT be")}`),
      );
    };
    const id = receipt?.restore_id;
    if (id)
      await attempt("The configuration was put back.", () =>
        this.context.disk.restore(id, this.context.undo),
      );
    if (credential.minted)
      await attempt(`The new token ${credential.token.id} was revoked.`, () =>
        this.#issuer.tokens.revoke(credential.token.id),
      );
    if (!(error instanceof Problem)) return error;
    return new Problem(error.code, [error.message, ...done].join(" "), error.fix, { cause: error });
  }

  #texts() {
    return this.context.disk.read(this.manager.files(this.place));
  }
}

/** At least half of the life that was asked for is left. */
function livesLongEnough({ expires_at }: Token, wanted: Date | null, now: Date): boolean {
  if (expires_at === null) return wanted === null;
  return (
    wanted !== null &&
    (new Date(expires_at).getTime() - now.getTime()) * 2 >= wanted.getTime() - now.getTime()
  );
}
