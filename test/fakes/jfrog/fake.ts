/**
 * A JFrog Platform that behaves: signed tokens, an administrator's thresholds, lists that know no status, refusals in the
 * platform's forms, and every fault on demand. What it must be, is stated in shared/reference/jfrog.md; where that is
 * unsure, a comment here says so.
 */
import type { Received } from "../../providers/server.ts";
import { approve } from "./access/login.ts";
import { createFaults, type Faults } from "./faults.ts";
import { issue } from "./issue.ts";
import { defaultKeys, type Keys, repositoriesOf } from "./keys.ts";
import { type ApiRequest, serve } from "./serve.ts";
import { createWorld, found, type Repository, type Settings, type Token, type User } from "./world.ts";

export interface FakeOptions extends Partial<Settings> {
  /** Tests set the clock. */
  now?: () => Date;
  /** 0, the default: any that is free. */
  port?: number;
  /** What differs from `defaultKeys`: another key or several, or none (`[]`). `{ pypi: "pip" }` is an older Fly. */
  keys?: Keys;
}

/** A token made without a request, for a test that needs one of a kind. */
export interface TokenSeed {
  /** Default: the developer. */
  username?: string;
  /** Default: what the user may do. */
  scope?: string;
  /** Seconds; default 0, never. */
  life?: number;
  description?: string;
  refreshable?: boolean;
  reference?: boolean;
  forced?: boolean;
  /** Issued by another instance, and known here. */
  foreign?: boolean;
}

/** Somebody, and a token of theirs that does not end. */
export interface Credential {
  username: string;
  /** The JWT. */
  token: string;
  record: Token;
}

export interface FakeJfrog extends AsyncDisposable {
  /** Of the platform: `<url>/access`, `<url>/artifactory`. */
  url: string;
  port: number;
  /** `127.0.0.1:<port>`, of the docker registry. */
  host: string;
  /** alice@example.com */
  admin: Credential;
  /** bob@example.com, of the groups "developers" and "readers". */
  developer: Credential;
  /** Everything that was ever minted, oldest first, the two above included; what the platform forgot as well. */
  tokens: readonly Token[];
  token(id: string): Token;
  /** Can be changed while the fake runs. */
  settings: Settings;
  repositories: readonly Repository[];
  /** Uploads, by `KEY/PATH`; put something in to have it downloaded. */
  files: Map<string, string>;
  addUser(user: Partial<User> & { name: string }): Credential;
  addToken(seed?: TokenSeed): Token;
  /**
   * What the person does in the browser.
   * @param code what they enter; default the right one
   * @returns whether it was right
   */
  approve(session: string, username?: string, code?: string): boolean;
  faults: Faults;
  /** Every request to an operation of openapi/jfrog-access.yaml, in order. */
  requests: ApiRequest[];
  /** Where a request, or an answer of the fake, departs from that contract. A test expects none. */
  violations: string[];
  /** Every HTTP request of any kind, as it came. */
  received: readonly Received[];
}

const hour = 3600;

const defaultSettings: Settings = {
  version: "7.111.4",
  defaultExpiry: 365 * 24 * hour,
  maxExpiry: 0,
  revocableThreshold: 6 * hour,
  persistencyThreshold: 3 * hour,
  lastUsed: true,
  listsRepositories: true,
};

export async function startFakeJfrog(options: FakeOptions = {}): Promise<FakeJfrog> {
  const { now = () => new Date(), port = 0, keys = {}, ...settings } = options;
  const world = createWorld(
    now,
    { ...defaultSettings, ...settings },
    repositoriesOf({ ...defaultKeys, ...keys }),
  );
  const faults = createFaults();
  const requests: ApiRequest[] = [];
  const violations: string[] = [];
  const server = await serve({ world, faults, requests, violations }, port);

  const addToken = ({ username = "bob@example.com", foreign, ...seed }: TokenSeed = {}) =>
    issue(world, {
      username,
      scope: "applied-permissions/user",
      life: 0,
      ...seed,
      issuer: foreign ? "jfac@01anotherinstance" : undefined,
    });
  const addUser = ({
    name,
    admin = false,
    groups = ["developers", "readers"],
  }: Partial<User> & { name: string }) => {
    world.users.push({ name, admin, groups });
    const record = addToken({ username: name, description: "Identity token" });
    return { username: name, token: record.value, record };
  };

  return {
    url: server.url,
    port: server.port,
    host: `127.0.0.1:${server.port}`,
    admin: addUser({ name: "alice@example.com", admin: true }),
    developer: addUser({ name: "bob@example.com" }),
    tokens: world.tokens,
    token: (id) => found(world.tokens, (one) => one.id === id, `token ${id}`),
    settings: world.settings,
    repositories: world.repositories,
    files: world.files,
    addUser,
    addToken,
    approve: (session, username = "bob@example.com", code = session.slice(-4)) =>
      approve(world, session, username, code),
    faults,
    requests,
    violations,
    received: server.received,
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}
