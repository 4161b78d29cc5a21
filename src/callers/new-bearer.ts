/** A new bearer: `flyc_` and 256 random bits, in a form that is recognized wherever it leaks to (src/secret.ts). */
import { randomBytes } from "node:crypto";
import { Secret } from "../secret.ts";

export function newBearer(): Secret {
  return new Secret(`flyc_${randomBytes(32).toString("hex")}`);
}
