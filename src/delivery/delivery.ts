/**
 * WHERE A SECRET GOES. `check` runs before anything is minted, so that a delivery that cannot succeed mints nothing;
 * when `deliver` fails all the same, the caller revokes the new token. What is always true here, and checked for every
 * member by test/delivery/laws.test.ts: a check changes nothing; the secret is in exactly one place, and in no argument
 * of a program, receipt or refusal; what somebody else has put there is never replaced; a second delivery over our own
 * leaves one value.
 */
import type { Disk } from "../disk/disk.ts";
import type { Provider } from "../providers/provider.ts";
import type { Run } from "../run.ts";
import type { Secret } from "../secret.ts";

/** Where in particular. What of it a delivery does not know, `refuseStrangers` (destination.ts) refuses. */
export interface Destination {
  /** `file`, `env_file`, and a manifest of `kubernetes`: absolute. */
  path?: string | undefined;
  /** The variable of `env_file`, the secret of `github_actions` and `fly_secrets`, the entry of `keychain`. */
  name?: string | undefined;
  /** `github_actions`: `OWNER/REPO`, or `OWNER/REPO/ENVIRONMENT`. `fly_secrets`: the app. */
  in?: string | undefined;
  /**
   * What to do where git would take the file along: `refuse` (the default), `ignore`: add it to .gitignore first,
   * `allow`: write it all the same.
   */
  git?: "refuse" | "ignore" | "allow" | undefined;
  kubernetes?: InCluster | undefined;
}

/** Which secret of which cluster. */
export interface InCluster {
  /** One of kubectl's; default: its current one. */
  context?: string | undefined;
  /** Default: the context's. */
  namespace?: string | undefined;
  secret_name?: string | undefined;
}

/** What is delivered. */
export interface Login {
  username: string;
  secret: Secret;
  /** Whose value it is; absent for one that no issuer lists. */
  token?: { id: string; provider: string; name: string } | undefined;
}

/** What a delivery has to work with. */
export interface Means {
  disk: Disk;
  run: Run;
  /** What `run` starts programs with, unless it is told otherwise. */
  env: Readonly<Record<string, string | undefined>>;
  fetch: typeof globalThis.fetch;
  /** Whether a program is on PATH. */
  installed(command: string): Promise<boolean>;
  /** Who issues the token, and has the images that it opens. */
  issuer?: Pick<Provider, "title" | "registries"> | undefined;
  /** The operating system's own store of secrets. */
  keychain: Keychain;
  /** For `github_actions`. Without a token `gh` is asked. */
  github: { url: string; token?: Secret | undefined };
  /** Ends a token whose value reached nobody after all, later than the call in which it was made. */
  abandon(token: { id: string; provider: string }): Promise<void>;
  /** Has something end with the process at the latest. @param name by which it is found again */
  keepOpen(name: string, end: OpenEnd): void;
}

/** What goes on after the call that began it. */
export interface OpenEnd {
  /** What a person is to do there, as sentences. */
  invitation: string;
  /** Resolves once it has served its purpose. @throws Problem why it did not, or what it has left behind */
  done: Promise<void>;
  /** Ends it now. @throws Problem what that has left behind */
  close(): Promise<void>;
}

/** @throws Problem `unsupported` where there is none, `command_failed` when it refuses */
export interface Keychain {
  get(name: string): Promise<Secret | undefined>;
  set(name: string, secret: Secret): Promise<void>;
  delete(name: string): Promise<void>;
  /** What a person types to see an entry; `undefined` where no program shows it. */
  command(name: string): string | undefined;
}

export interface DeliveryReceipt {
  kind: string;
  /** Where it is now, for people; absent for `inline`. */
  location?: string | undefined;
  /** What is left to do so that it is used, as a sentence. */
  next?: string | undefined;
  /** Names the edit for restore_package_manager. */
  restore_id?: string | undefined;
  warnings?: readonly string[] | undefined;
}

export interface Delivery {
  id: string;
  title: string;
  /** Whether the value appears in the result of the call. */
  reveals: boolean;
  /** Whether a person has to carry the value on, so that a successor cannot be put in its place. */
  by_hand?: boolean;
  /** Whether it serves to pull images, and therefore only a token whose issuer is known. */
  pulls_images?: boolean;
  /**
   * Changes nothing. @param former the place holds a value that was delivered there before, and may be replaced
   * @throws Problem when `deliver` would fail
   */
  check(destination: Destination, means: Means, former?: boolean): Promise<void>;
  deliver(login: Login, destination: Destination, means: Means, former?: boolean): Promise<DeliveryReceipt>;
  /** The value that is there now, `undefined` when there is none; absent where it cannot be read again. */
  read?(destination: Destination, means: Means): Promise<Secret | undefined>;
}

/** The identity function; a place for the contract. */
export function defineDelivery(delivery: Delivery): Delivery {
  return delivery;
}
