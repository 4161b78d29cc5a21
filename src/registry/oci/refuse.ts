/** Refusals in the shape that clients of the OCI distribution API understand (distribution-spec 1.1, "Error Codes"). */
import { Refusal } from "../caller.ts";

/** A manifest refers to what is not in its repository: one error for each. */
export class UnknownContent extends Refusal {
  readonly digests: readonly string[];

  constructor(digests: readonly string[]) {
    super(404, "MANIFEST_BLOB_UNKNOWN", "The manifest refers to content that is not in this repository.");
    this.digests = digests;
  }
}

// Refusals of the door and the store carry codes of their own.
const codes: Partial<Record<Refusal["status"], string>> = {
  401: "UNAUTHORIZED",
  403: "DENIED",
  404: "NAME_UNKNOWN",
  413: "SIZE_INVALID",
  429: "TOOMANYREQUESTS",
};

/** @returns `{ errors: [{ code, message, detail? }] }` with the refusal's status and headers */
export function refuse(refusal: Refusal): Response {
  const code = /^[A-Z_]+$/.test(refusal.code) ? refusal.code : (codes[refusal.status] ?? "UNSUPPORTED");
  const error = { code, message: refusal.message };
  const errors =
    refusal instanceof UnknownContent
      ? refusal.digests.slice(0, 100).map((digest) => ({ ...error, detail: { digest } }))
      : [error];
  return Response.json({ errors }, { status: refusal.status, headers: refusal.headers });
}
