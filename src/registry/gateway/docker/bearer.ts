/** Whether a request comes from the docker registry: it brings the bearer that it was configured with. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../../secret.ts";

/** @returns a check that takes as long for a wrong bearer as for a nearly right one */
export function bearerCheck(expected: Secret): (authorization: string | null) => boolean {
  const right = digestOf(expected.reveal());
  return (authorization) => {
    const [, value = ""] = /^bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    return timingSafeEqual(digestOf(value), right);
  };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
