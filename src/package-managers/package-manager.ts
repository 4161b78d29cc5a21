/**
 * WHO USES. What is always true here, and checked for every member by test/package-managers/laws.test.ts:
 * planning is pure; a second plan is empty; undoing gives the original bytes; nothing but our entries changes;
 * no secret shows in a preview; a file that does not parse is refused, never overwritten.
 */
import type { Change, Texts } from "../disk/change.ts";
import type { Run } from "../run.ts";
import type { Secret } from "../secret.ts";
import type { Stored } from "./store.ts";

export type Scope = "user" | "project";

/**
 * What a registry serves, by the protocol that its clients speak. `docker` is OCI distribution, whatever it carries;
 * `generic` is any file under `NAME/VERSION/FILE`.
 */
export type Ecosystem =
  | "npm"
  | "pypi"
  | "docker"
  | "maven"
  | "nuget"
  | "go"
  | "cargo"
  | "gems"
  | "composer"
  | "terraform"
  | "conda"
  | "generic";

/**
 * `value`: the secret stands in the tool's own 0600 file. `reference`: the tool's file holds none; it points to where
 * the secret is (an environment variable, netrc). `helper`: the tool asks `fly-tokens credential-helper`, which has it
 * in our own 0600 store.
 */
export type SecretStyle = "value" | "reference" | "helper";

/** The environment variable that `reference` points to, for tools that read one. */
export const secretVariable = "FLY_TOKEN";

/** What our entries are called where a tool wants a name for them: a server, a source, a registry. */
export const sourceName = "fly";

/** Where a package manager's files are. */
export interface Place {
  scope: Scope;
  /** Absolute. */
  home: string;
  /** Absolute. Given when `scope` is `project`; with `user` it is where to look for what outranks the user's own. */
  project_dir?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** Our own store of credentials (store.ts), absolute; for the style `helper`. */
  store: string;
  /** The words that start this program: an absolute path, and what has to follow it. */
  program: readonly string[];
}

/** What a package manager is pointed to. */
export interface Target {
  /**
   * npm: the registry with its final slash. PyPI: the simple index. docker: `host[:port]`. nuget: the service index
   * (`…/index.json`). cargo: the sparse index with its final slash, without `sparse+`. terraform: the network mirror
   * with its final slash. gems: with its final slash. maven, go, composer, conda, generic: without one.
   */
  url: string;
  /** Where uploads go, when that is another URL (PyPI). */
  publish_url?: string | undefined;
  /** Whether the registry has the public packages too, so that it can stand in for the public registry. */
  mirrors?: boolean | undefined;
  /** Whether the token may publish: without it, nothing that publishes is led here. */
  publishes?: boolean | undefined;
  /** docker: the path below the host under which repositories live, such as `docker`. */
  path?: string | undefined;
  /** docker: the origin of the token's issuer. The registry may send logins there as well as to itself. */
  issuer?: string | undefined;
  username: string;
  secret: Secret;
  /** `undefined`: what is best for this manager and file. */
  style?: SecretStyle | undefined;
  /** `@acme`: only packages of this scope. npm alone. */
  npm_scope?: string | undefined;
}

export interface Draft {
  changes: readonly Change[];
  warnings: readonly string[];
  /** The registry that the user's own configuration named before ours, without credentials. */
  replaced_url?: string | undefined;
  /** The environment variable that is to hold the secret, where no file does. */
  variable?: string | undefined;
}

/** What the files say, as the client itself would read them. */
export interface Status {
  /** Whether the client would come to `url` with a credential. */
  configured: boolean;
  /** The registry that the client would use. */
  url?: string | undefined;
  username?: string | undefined;
  secret?: Secret | undefined;
  /** The file that holds the secret, or the name of the variable that is to hold it. */
  where?: string | undefined;
  /** What outranks our setting: environment variables, other files; one sentence each, without secrets. */
  shadowed_by: string[];
  warnings: string[];
}

export interface Verification {
  ok: boolean;
  /** The user that the registry took us for. */
  as?: string | undefined;
  /** Method and URL, without credentials. */
  request: string;
  status?: number | undefined;
  /** Why it does not work, in a sentence. */
  cause?: string | undefined;
}

export interface PackageManager {
  id: string;
  title: string;
  /** The program, as it is found on PATH. */
  tool: string;
  /** Other programs that read the same files, so that they are set up with it. */
  also?: readonly string[];
  ecosystem: Ecosystem;
  /** Names of files in a project's folder that tell that it is used there; `*` stands for anything. */
  signs: readonly string[];
  /** The request that `verify` makes, in two words, for the table of docs/adding-a-package-manager.md. */
  proof: string;
  /** The versions of the client that the end-to-end tests drive, or what stands in for one that cannot be had. */
  tested: string;
  /** What this client says when the registry refuses its token, so that a person recognizes it: a sentence. */
  symptom: string;
  scopes: readonly Scope[];
  styles: readonly SecretStyle[];
  /** Every file that `plan` and `status` want to see, absolute. @throws Problem `invalid_input` */
  files(place: Place): readonly string[];
  /** Pure. @throws Problem `invalid_input`, `file_unparsable`, `conflict`, `unsupported` */
  plan(target: Target, place: Place, texts: Texts): Draft;
  /** Pure. `url` is the registry that is asked about, as in `Target`. @throws Problem `file_unparsable` */
  status(url: string, place: Place, texts: Texts): Status;
  /** One real request with the credential that `status` found. Never throws for a refusal: that is the answer. */
  verify(target: Target, fetch: typeof globalThis.fetch): Promise<Verification>;
  /**
   * Whether a program is there that the client will start because of the plan; asked before anything is minted.
   * @throws Problem `not_found`, `command_failed`, `conflict`
   */
  ready?(target: Target, place: Place, texts: Texts, run: Run): Promise<void>;
  /**
   * The login that a credential helper of the user's has, which `status` cannot see.
   * @throws Problem `not_found`, `command_failed`
   */
  stored?(url: string, place: Place, texts: Texts, run: Run): Promise<Stored | undefined>;
  /**
   * Where the client itself must take part before the files are written (docker with a credential store).
   * The secret travels on stdin. @throws Problem `command_failed`
   */
  login?(target: Target, place: Place, texts: Texts, run: Run): Promise<void>;
  /**
   * What a person types to log in by hand, before `HOST -u USER --password-stdin`; where a file holds the login in a form
   * that is not for writing by hand.
   */
  loginCommand?: readonly string[];
  /** Takes back what `login` did outside the files. */
  logout?(url: string, place: Place, texts: Texts, run: Run): Promise<void>;
}

/** The identity function; a place for the contract. */
export function definePackageManager(manager: PackageManager): PackageManager {
  return manager;
}
