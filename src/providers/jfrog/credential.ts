/**
 * Which platform, and as whom: JFROG_URL with JFROG_ACCESS_TOKEN, else FLY_URL with FLY_ACCESS_TOKEN, else the stored
 * login. Never half of one pair with half of another: a credential belongs to the platform that it came with.
 */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { Secret } from "../../secret.ts";
import { isSamePlatform, plainUrl, platformUrl } from "./address.ts";
import { isOfFlyio } from "./foreign.ts";
import { loginFile, readLogin } from "./login.ts";

export interface Credential {
  /** The platform's, without a slash at its end. */
  url: string;
  secret: Secret;
  /** The setting or file that the credential comes from. */
  source: string;
}

interface Found {
  url: string;
  /** The setting that holds the address. */
  setting: string;
  secret: Secret;
  source: string;
}

export const needs = "Log in with `fly-tokens login jfrog`, or set JFROG_URL and JFROG_ACCESS_TOKEN.";

export class Credentials {
  readonly #config: Config;
  readonly #file: string;

  constructor(config: Config) {
    this.#config = config;
    this.#file = loginFile(config);
  }

  /** A login that cannot be read counts: `get` says what is wrong with it. */
  get configured(): boolean {
    try {
      return this.#find() !== undefined;
    } catch {
      return true;
    }
  }

  /** The platform's address as far as it is known; asks nobody. */
  get url(): string | undefined {
    const { jfrog_url } = this.#config;
    const known = jfrog_url && plainUrl(jfrog_url);
    try {
      const found = this.#find();
      return found ? plainUrl(found.url) : known;
    } catch {
      return known;
    }
  }

  notes(): readonly string[] {
    const { jfrog_url, jfrog_access_token, fly_url, fly_access_token } = this.#config;
    if (this.configured) return [];
    return [
      ...(jfrog_access_token && !jfrog_url ? ["JFROG_ACCESS_TOKEN is set, and JFROG_URL is not."] : []),
      ...(jfrog_url && !jfrog_access_token ? ["JFROG_URL is set, and there is no credential for it."] : []),
      ...(fly_url && !fly_access_token ? ["FLY_URL is set, and FLY_ACCESS_TOKEN is not."] : []),
      ...(fly_access_token && !fly_url && !isOfFlyio(fly_access_token)
        ? ["FLY_ACCESS_TOKEN is set, and FLY_URL is not."]
        : []),
      ...(fly_url && fly_access_token && isOfFlyio(fly_access_token)
        ? ["FLY_ACCESS_TOKEN holds a token of Fly.io and was left alone."]
        : []),
    ];
  }

  /** @throws Problem `not_configured`, `unsafe_location`, `file_unreadable`, `file_unparsable` */
  get(): Credential {
    const found = this.#find();
    if (!found)
      throw new Problem(
        "not_configured",
        ["There is no credential for JFrog Fly.", ...this.notes()].join(" "),
        needs,
      );
    const url = platformUrl(found.url, found.setting);
    if (/^[!-~]+$/.test(found.secret.reveal())) return { url, secret: found.secret, source: found.source };
    throw new Problem(
      "not_configured",
      `${found.source} holds something that is not a token.`,
      "It has to be one line without spaces.",
    );
  }

  #find(): Found | undefined {
    const { jfrog_url, jfrog_access_token, fly_url, fly_access_token } = this.#config;
    if (jfrog_url && jfrog_access_token)
      return {
        url: jfrog_url,
        setting: "JFROG_URL",
        secret: jfrog_access_token,
        source: "JFROG_ACCESS_TOKEN",
      };
    // Fly.io's tokens are kept under the same name.
    if (!jfrog_url && fly_url && fly_access_token && !isOfFlyio(fly_access_token))
      return { url: fly_url, setting: "FLY_URL", secret: fly_access_token, source: "FLY_ACCESS_TOKEN" };
    const login = readLogin(this.#file);
    if (!login || (jfrog_url && !isSamePlatform(jfrog_url, login.url))) return undefined;
    return { url: login.url, setting: this.#file, secret: login.secret, source: this.#file };
  }
}
