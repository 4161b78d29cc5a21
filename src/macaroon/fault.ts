/** What can be wrong with a token or with what is to be added to it: a closed list, so that scripts can tell them apart. */
import { Problem } from "../problem.ts";

const inToken = "Copy the whole token again, from its first prefix to its last character.";

/** Each reason with its sentence and its fix. */
const reasons = {
  no_tokens: ["There is no token in it.", inToken],
  bad_prefix: ["A token begins with none of fm2_, fm1r_, fm1a_ and fo1_.", inToken],
  empty_token: ["Nothing follows the prefix of a token.", inToken],
  bad_base64: ["What follows the prefix of a token is not standard base64 with padding.", inToken],
  bad_msgpack: [
    "A token is not whole: its MessagePack breaks off, goes on too long or holds what it may not.",
    inToken,
  ],
  bad_structure: ["A token is MessagePack, but no macaroon of Fly.io.", inToken],
  too_large: [
    "It is larger than any token is: more than 256 KiB, 256 tokens, or nested more than 32 deep.",
    "Use a token that Fly.io has made.",
  ],
  no_permission_token: [
    "No token in it belongs to the location that is asked for.",
    "Use a permission token, or name the location of the one that is meant.",
  ],
  unknown_caveat: ["There is no such type of caveat.", "Use one of Fly.io's types, by its name or number."],
  bad_caveat: [
    "A caveat's body does not fit its type.",
    "Correct it; docs/macaroons.md has the form of each type.",
  ],
  finalized_proof: ["A finalized proof takes no more caveats.", "Narrow the permission token instead."],
  attestation_not_allowed: [
    "A statement about a user (FlyioUserID, GitHubUserID, GoogleUserID) can be made only by the one who issues a proof.",
    "Leave it out.",
  ],
  duplicate_3p: [
    "There is a caveat for that third party already, and there may be one.",
    "Leave it out, or choose another third party.",
  ],
  bad_signature: ["The signature is not that of the key.", "Use the key that it was made with."],
  no_matching_discharge: [
    "A third party's discharge is missing.",
    "Get it from the third party and put it into the header.",
  ],
  bad_discharge: ["A third party's discharge does not hold.", "Get a new one from the third party."],
  bound_to_other_parent: ["It is bound to another token.", "Use it together with that token."],
  attestation_in_non_proof: ["It claims who its user is, and is no proof.", "Do not trust it."],
} as const;

export type Reason = keyof typeof reasons;

/** A problem with a token; `reason` says which. Its sentence never quotes the token. */
export class MacaroonFault extends Problem {
  readonly reason: Reason;

  /** @param detail what exactly, without a secret; takes the place of the usual sentence */
  constructor(reason: Reason, detail?: string) {
    const [sentence, fix] = reasons[reason];
    super("invalid_input", detail ?? sentence, fix);
    this.reason = reason;
  }
}
