/**
 * WHERE A SECRET GOES. `check` runs before anything is minted, so that a delivery that cannot succeed mints nothing;
 * when `deliver` fails all the same, the caller revokes the new token.
 */
import type { Disk } from "../disk/disk.ts";
import type { Provider } from "../providers/provider.ts";
import type { Run } from "../run.ts";
import type { Secret } from "../secret.ts";

export interface Destination {
  /** For `file`, and for a manifest of `kubernetes`: absolute. */
  path?: string | undefined;
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
}

/** What a delivery has to work with. */
export interface Means {
  disk: Disk;
  run: Run;
  /** Who issues the token, and has the images that it opens. */
  issuer?: Pick<Provider, "title" | "registries"> | undefined;
}

export interface DeliveryReceipt {
  kind: string;
  /** Where it is now, for people; absent for `inline`. */
  location?: string | undefined;
  /** What is left to do so that it is used, as a sentence. */
  next?: string | undefined;
}

export interface Delivery {
  id: string;
  title: string;
  /** Whether the value appears in the result of the call. */
  reveals: boolean;
  /** Whether it serves to pull images, and therefore only a token whose issuer is known. */
  pulls_images?: boolean;
  /** @throws Problem when `deliver` would fail */
  check(destination: Destination, means: Means): Promise<void>;
  deliver(login: Login, destination: Destination, means: Means): Promise<DeliveryReceipt>;
}

/** The identity function; a place for the contract. */
export function defineDelivery(delivery: Delivery): Delivery {
  return delivery;
}
