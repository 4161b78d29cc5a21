/** Tokens of another product's that are kept under the same name. */
import type { Secret } from "../../secret.ts";

/** Whether any part has a form of Fly.io's: `fm2_…`, `fm1r_…`, `fm1a_…`, `fo1_…`, perhaps behind a scheme. */
export function isOfFlyio(credential: Secret): boolean {
  return /(^|[\s,])(fm2|fm1r|fm1a|fo1)_/.test(credential.reveal());
}
