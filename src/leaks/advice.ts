/** What to do about a token that was found. */
import type { Format } from "./formats.ts";
import type { Verdict } from "./judge.ts";

/** Where a token is. */
export interface Place {
  in: "file" | "history";
  tracked?: boolean | undefined;
  /** Nobody but its owner may read the file. */
  isPrivate?: boolean | undefined;
  expected?: true | undefined;
}

/** A sentence or two; they name the tool and what to call it with. */
export function adviceOn(place: Place, verdict: Verdict, format: Format): string {
  const { in: where, tracked, isPrivate, expected } = place;
  if (expected) return "That is where it belongs.";
  const { token, active } = verdict;
  const isKept = where === "history" || tracked === true;
  if (active === "no")
    return isKept
      ? "It opens nothing any more; remove it when you are there."
      : "It opens nothing any more; remove it.";
  // As most programs keep their logins: in the home folder, and in no repository.
  if (where === "file" && isPrivate && tracked === undefined)
    return `Only its owner can read that file: if a program keeps it there, leave it. Else ${revocation(verdict, format)}, and remove it.`;
  const then = isKept
    ? "Whoever has a copy of the repository has it, so removing it is not enough."
    : "Then remove it, or keep it where only its user can read it.";
  const revoke = revocation(verdict, format);
  if (!token) return `${revoke.replace(/^r/, "R")}. ${then}`;
  return `${revoke}; if something still uses it, rotate_token instead. ${then}`;
}

function revocation({ token }: Verdict, format: Format): string {
  return token
    ? `revoke_token with ids ["${token.id}"] and provider ${token.provider}`
    : `revoke it where it was issued (${issuerOf(format)})`;
}

function issuerOf({ issuer }: Format): string {
  if ("name" in issuer) return issuer.name;
  return { flyio: "Fly.io", jfrog: "JFrog" }[issuer.provider] ?? "the local registry";
}
