/** Comparing what somebody sent with a secret. */
import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two texts are the same; it takes as long for one that is nearly right as for one that is not, whatever their lengths. */
export function isSameText(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
