/** Where the platform is. */
import { checkAddress } from "../address.ts";

/**
 * The platform's own address, without a slash at its end: people copy that of Artifactory or of the web page.
 * @param setting where it comes from
 * @throws Problem `unsafe_location` for an address that no credential may be sent to
 */
export function platformUrl(text: string, setting: string): string {
  const { href } = checkAddress(text, setting);
  return href.replace(/\/+$/, "").replace(/\/(artifactory|access|ui)$/, "");
}

/** Whether two addresses are those of one platform; asks nobody. */
export function isSamePlatform(a: string, b: string): boolean {
  const plain = (text: string) =>
    new URL(text).href.replace(/\/+$/, "").replace(/\/(artifactory|access|ui)$/, "");
  return plain(a) === plain(b);
}
