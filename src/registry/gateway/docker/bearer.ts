/** Whether a request comes from the docker registry: it brings the bearer that it was configured with. */
import { isSameText } from "../../../same-text.ts";
import type { Secret } from "../../../secret.ts";
import { bearerIn } from "../../bearer.ts";

/** @returns a check of a request's Authorization header */
export function bearerCheck(expected: Secret): (authorization: string | null) => boolean {
  return (authorization) => isSameText(bearerIn(authorization) ?? "", expected.reveal());
}
