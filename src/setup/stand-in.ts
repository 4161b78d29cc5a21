import type { Issued } from "../issued.ts";
import { Secret } from "../secret.ts";

/** In place of a token that does not exist yet, so that a plan can be made and checked before anything is minted. */
export const standIn: Issued = { secret: new Secret("a-token-that-does-not-exist-yet"), username: "preview" };
