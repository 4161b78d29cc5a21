/**
 * WHERE A SECRET GOES. `check` runs before anything is minted, so that a delivery that cannot succeed mints nothing;
 * when `deliver` fails all the same, the caller revokes the new token.
 */
import type { Disk } from "../disk/disk.ts";
import type { Secret } from "../secret.ts";

export interface Destination {
  /** For `file`: absolute. */
  path?: string | undefined;
}

export interface DeliveryReceipt {
  kind: string;
  /** Where it is now, for people; absent for `inline`. */
  location?: string | undefined;
}

export interface Delivery {
  id: string;
  title: string;
  /** Whether the value appears in the result of the call. */
  reveals: boolean;
  /** @throws Problem when `deliver` would fail */
  check(destination: Destination, disk: Disk): Promise<void>;
  deliver(secret: Secret, destination: Destination, disk: Disk): Promise<DeliveryReceipt>;
}

/** The identity function; a place for the contract. */
export function defineDelivery(delivery: Delivery): Delivery {
  return delivery;
}
