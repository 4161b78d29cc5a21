/** Where the platform is. */
import { checkAddress } from "../address.ts";

/**
 * The platform's own address, without a slash at its end: people copy that of Artifactory or of the web page.
 * @param setting where it comes from
 * @throws Problem `unsafe_location` for an address that no credential may be sent to
 */
export function platformUrl(text: string, setting: string): string {
  return plainUrl(checkAddress(text, setting).href);
}

/** The same without a look at who may be told; asks nobody. */
export function plainUrl(text: string): string {
  return new URL(text).href.replace(/\/+$/, "").replace(/\/(artifactory|access|ui)$/, "");
}

/** Whether two addresses are those of one platform; asks nobody. */
export function isSamePlatform(a: string, b: string): boolean {
  return plainUrl(a) === plainUrl(b);
}
