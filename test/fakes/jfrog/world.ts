/** What exists at the fake: plain records, oldest first. Nothing is ever removed, so that a test can look. */
import { serviceId } from "./ids.ts";
import { everything } from "./scope.ts";

/** What an instance's administrator sets, or its age decides. Times in seconds. */
export interface Settings {
  /** Artifactory's number. */
  version: string;
  /** `token.default-expiry`. */
  defaultExpiry: number;
  /** `token.max-expiry`, for everybody but admins; 0: none. */
  maxExpiry: number;
  /** Shorter ones cannot be revoked; negative: none that expires can be. */
  revocableThreshold: number;
  /** Shorter ones are not kept; negative: all are. */
  persistencyThreshold: number;
  /** `access_token_last_used_enabled`. */
  lastUsed: boolean;
  /** Whether anybody may ask which repositories there are. */
  listsRepositories: boolean;
}

export interface User {
  name: string;
  admin: boolean;
  /** What they may do beyond themselves comes from these. */
  groups: string[];
}

export interface Repository {
  key: string;
  /** As the query says it: `npm`, `helmoci`. */
  packageType: string;
}

export interface Token {
  id: string;
  username: string;
  issuer: string;
  subject: string;
  scope: string;
  description: string | undefined;
  project: string | undefined;
  issuedAt: number;
  expiresAt: number | undefined;
  refreshable: boolean;
  revocable: boolean;
  /** Whether the platform keeps a record of it. What it does not keep, it cannot list, show or revoke. */
  stored: boolean;
  /** The JWT. */
  value: string;
  reference: string | undefined;
  /** Until it is used. */
  refreshToken: string | undefined;
  usedAt: number | undefined;
  revokedAt: number | undefined;
}

/** A login in the browser. */
export interface LoginSession {
  id: string;
  /** What the person is handed; `undefined` until they agree. */
  token: Token | undefined;
  taken: boolean;
}

export interface World {
  now(): Date;
  settings: Settings;
  /** Of this instance, and so the issuer of its tokens. */
  serviceId: string;
  users: User[];
  /** Letters of `rwdamxs` that members have in every repository. */
  groups: Record<string, string>;
  repositories: Repository[];
  tokens: Token[];
  sessions: LoginSession[];
  /** Uploaded, by repository key and path. */
  files: Map<string, string>;
}

export function createWorld(now: () => Date, settings: Settings, repositories: Repository[]): World {
  return {
    now,
    settings,
    serviceId: serviceId(),
    users: [],
    groups: { developers: everything, readers: "r" },
    repositories,
    tokens: [],
    sessions: [],
    files: new Map(),
  };
}

export function seconds({ now }: Pick<World, "now">): number {
  return Math.floor(now().getTime() / 1000);
}

/** For a test that names what must exist. */
export function found<Item>(items: readonly Item[], is: (item: Item) => boolean, name: string): Item {
  const item = items.find(is);
  if (item === undefined) throw new Error(`The fake JFrog has no ${name}.`);
  return item;
}
