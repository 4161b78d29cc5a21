/**
 * WHO ISSUES. A provider is a record of optional groups of abilities. A group that it lacks is absent, and asking
 * for it is refused with a sentence that names who has it; there are no methods that only throw.
 */
import type * as z from "zod";
import type { Limit } from "../expiry.ts";
import type { Secret } from "../secret.ts";
import type {
  accessShape,
  deploymentShape,
  driftShape,
  environmentShape,
  flyioQueryShape,
  flyioRequestShape,
  permissions,
  restrictionsShape,
  runningShape,
  statuses,
  TokenSort,
  tokenShape,
} from "./shapes.ts";

export type Permission = z.output<typeof permissions>;
export type TokenStatus = z.output<typeof statuses>;
export const ecosystems = [
  "npm",
  "pypi",
  "docker",
  "maven",
  "nuget",
  "go",
  "cargo",
  "gems",
  "composer",
  "terraform",
  "conda",
  "generic",
] as const;
export type Ecosystem = (typeof ecosystems)[number];
export type Token = z.output<typeof tokenShape>;
export type Deployment = z.output<typeof deploymentShape>;
export type Running = z.output<typeof runningShape>;
export type Drift = z.output<typeof driftShape>;
export type Environment = z.output<typeof environmentShape>;

/** A freshly issued token. `secret` is absent when an earlier call with the same idempotency key already had it. */
export interface Grant {
  token: Token;
  secret?: Secret | undefined;
}

export interface IssueRequest {
  name: string;
  permission: Exclude<Permission, "custom">;
  /** `null`: never. */
  expires_at: Date | null;
  environment?: string | undefined;
  idempotency_key?: string | undefined;
  flyio?: FlyioRequest | undefined;
}

/** What only Fly.io understands; every other issuer refuses it. */
export type FlyioRequest = z.output<typeof flyioRequestShape>;

export interface TokenQuery {
  status?: TokenStatus | undefined;
  permission?: Permission | undefined;
  environment?: string | undefined;
  /** Part of the name, without regard to case. */
  name?: string | undefined;
  created_by?: string | undefined;
  /** Only active ones that expire before this moment. */
  expires_before?: Date | undefined;
  /** A field, with `-` in front for descending order. */
  sort?: TokenSort | undefined;
  limit: number;
  cursor?: string | undefined;
  flyio?: z.output<typeof flyioQueryShape> | undefined;
}

export interface Page<Item> {
  items: Item[];
  next_cursor?: string | undefined;
  total?: number | undefined;
}

export interface Tokens {
  issue(request: IssueRequest): Promise<Grant>;
  /** What such a token may do, where `permission` does not decide over it. @throws Problem `invalid_input` */
  permissionOf?(request: Pick<IssueRequest, "permission" | "flyio">): Permission;
  /** Makes nothing. @throws Problem what `issue` would refuse, as far as that can be known before */
  check?(request: IssueRequest): Promise<void>;
  list(query: TokenQuery): Promise<Page<Token>>;
  /** @throws Problem `not_found` also for a token that exists but that the caller may not see */
  get(id: string): Promise<Token>;
  revoke(id: string): Promise<"revoked" | "already_revoked">;
  /** Only a token that is not active can be deleted. @throws Problem `conflict` for an active one */
  delete?(id: string): Promise<"deleted">;
}

/** What of it an issuer does not know is absent, and `elsewhere` says who does. */
export interface Environments {
  /** Absent where one comes into being with its first token: then `issue` takes any name that could be one. */
  create?(name: string, description: string): Promise<Environment>;
  list(): Promise<Environment[]>;
  get(name: string): Promise<Environment>;
  running?(name: string): Promise<Running[]>;
  drift?(name: string): Promise<Drift[]>;
  history?(name: string, query: { limit: number; cursor?: string | undefined }): Promise<Page<Deployment>>;
  /** Where to look for what is absent here, as a sentence. */
  elsewhere?: string;
}

/** Where a package manager finds the registry. URLs end without a slash unless the ecosystem wants one. */
export interface Endpoint {
  ecosystem: Ecosystem;
  /** npm: the registry with its final slash. PyPI: the simple index. docker: `host[:port]`. */
  url: string;
  /** Where uploads go, when that is another URL (PyPI). */
  publish_url?: string | undefined;
  /** Whether the public packages of the ecosystem can be had here too. */
  mirrors: boolean;
  /** docker: the path below the host under which repositories live. */
  path?: string | undefined;
  /** docker: the origin of the issuer, where the registry may send logins as well as to itself. */
  issuer?: string | undefined;
}

export interface Registries {
  /** @throws Problem `unsupported` for an ecosystem that is not served */
  endpoint(ecosystem: Ecosystem): Promise<Endpoint>;
  /** Tells the registry where to send clients for packages it does not have; the URL carries no credential. */
  passThrough?(ecosystem: Ecosystem, url: string): Promise<void>;
  /**
   * Which token a secret is, asked with that secret itself. `undefined`: unknown there.
   * @param origin `anywhere`: nobody has said that it is for this issuer, who is sent it only if it must be theirs
   * @throws Problem `not_found` where that cannot be told
   */
  introspect?(secret: Secret, origin?: "here" | "anywhere"): Promise<Token | undefined>;
  /** What clients of the registry are given as their password, where that is not the token as it was issued. */
  password?(secret: Secret): Secret;
}

export type Restrictions = z.output<typeof restrictionsShape>;
export type Access = z.output<typeof accessShape>;

/** A token's value in words. Holds no part of it. */
export interface Explanation {
  /** What the holder may do, until when, bound to what, what is missing; a sentence each. */
  sentences: string[];
  /** The earliest moment at which it, or a proof that comes with it, ends; `null`: never. */
  expires_at: string | null;
}

/** Whether an access would be allowed, and who says so. */
export interface AccessVerdict {
  /** By the token's own words; `undefined` where a name could not be resolved. Says nothing of revocation. */
  locally?: { allowed: boolean; because: string[] } | undefined;
  /** By the issuer, who knows whether the token is genuine and alive; `undefined` when it could not be asked. */
  by_issuer?: { allowed: boolean; because: string[] } | undefined;
}

/** Narrowing tokens that the holder has, without the issuer, and reading what they say. */
export interface Restrict {
  /**
   * A narrower token. It is made offline: the issuer lists it nowhere, and it dies with the token that it was made from.
   * @param limit the operator's: it ends by then, whatever is asked for
   * @throws Problem `invalid_input`, `unsupported` for a value that is no token of this kind, `not_found` for an app,
   *   `forbidden` beyond the limit
   */
  narrow(
    secret: Secret,
    restrictions: Restrictions,
    limit?: Limit,
  ): Promise<{ secret: Secret; explanation: Explanation }>;
  explain(secret: Secret): Promise<Explanation>;
  check(secret: Secret, access: Access): Promise<AccessVerdict>;
}

export interface Identity {
  /** Who the configured credential is. */
  me(): Promise<{ username: string; role: "admin" | "developer"; token_id?: string }>;
}

export interface Provider {
  id: string;
  title: string;
  /** Whether every setting that it needs is there; asks nobody. */
  configured: boolean;
  /** What to do so that it is configured, as a sentence. */
  needs?: string | undefined;
  url?: string | undefined;
  tokens?: Tokens;
  environments?: Environments;
  registries?: Registries;
  identity?: Identity;
  restrict?: Restrict;
  /** What the user should know about a token's value before it goes anywhere, a sentence each; asks nobody. */
  cautions?(secret: Secret): readonly string[];
  /** What the user should know about it now, a sentence each. */
  notes?(): readonly string[];
  /** What has been found out about it since it was opened, a sentence each; for who asks how it stands. */
  facts?(): readonly string[];
  /** Whether it is there already, where asking it anything else would start it. */
  isUp?(): Promise<boolean>;
  close?(): Promise<void>;
}
