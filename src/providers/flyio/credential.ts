/** Which credential is used, in flyctl's order: FLY_ACCESS_TOKEN, FLY_API_TOKEN, the session in its config.yml. */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import type { Secret } from "../../secret.ts";
import { type Bag, bagOf, isOfFlyio, isSendable } from "./authorization.ts";
import { hasLogin, loginFile, readLogin } from "./login.ts";

export interface Credential {
  secret: Secret;
  bag: Bag;
  /** The setting or file that it comes from. */
  source: string;
}

export class Credentials {
  readonly #named: { secret: Secret; source: string } | undefined;
  readonly #file: string;
  /** FLY_ACCESS_TOKEN holds something of another product's. */
  readonly #foreign: boolean;

  constructor(config: Config, seams: Pick<Seams, "home" | "cwd">) {
    const { fly_access_token, fly_api_token } = config;
    this.#foreign = fly_access_token !== undefined && !isOfFlyio(fly_access_token);
    if (fly_access_token && !this.#foreign)
      this.#named = { secret: fly_access_token, source: "FLY_ACCESS_TOKEN" };
    else if (fly_api_token) this.#named = { secret: fly_api_token, source: "FLY_API_TOKEN" };
    this.#file = loginFile(config, seams);
  }

  get configured(): boolean {
    return this.#named !== undefined || hasLogin(this.#file);
  }

  notes(): readonly string[] {
    if (!this.#foreign) return [];
    return [
      "FLY_ACCESS_TOKEN holds no token of Fly.io's form and was left alone: JFrog Fly uses the same name.",
    ];
  }

  /** @throws Problem `not_configured` for what no header can carry, and what `readLogin` throws */
  async find(): Promise<Credential | undefined> {
    const { secret, source } = this.#named ?? { secret: await readLogin(this.#file), source: this.#file };
    if (!secret) return undefined;
    if (isSendable(secret)) return { secret, bag: bagOf(secret), source };
    throw new Problem(
      "not_configured",
      `${source} holds something that is not a token.`,
      "Set FLY_API_TOKEN to a token of Fly.io, or log in with `fly auth login`.",
    );
  }

  /** @throws Problem `not_configured`, and what `find` throws */
  async get(): Promise<Credential> {
    const found = await this.find();
    if (found) return found;
    throw new Problem(
      "not_configured",
      ["There is no credential for Fly.io.", ...this.notes()].join(" "),
      "Log in with `fly auth login`, or set FLY_API_TOKEN.",
    );
  }
}
