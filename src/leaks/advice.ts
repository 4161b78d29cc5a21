/** What to do about a token that was found. */
import type { Format } from "./formats.ts";
import type { Verdict } from "./judge.ts";

/** Where a token is. */
export interface Place {
  in: "file" | "history";
  tracked?: boolean | undefined;
  expected?: true | undefined;
}

/** A sentence or two; they name the tool and what to call it with. */
export function adviceOn({ in: where, tracked, expected }: Place, verdict: Verdict, format: Format): string {
  if (expected) return "That is where it belongs.";
  const { token, active } = verdict;
  const isKept = where === "history" || tracked === true;
  if (active === "no")
    return isKept
      ? "It opens nothing any more; remove it when you are there."
      : "It opens nothing any more; remove it.";
  const then = isKept
    ? "Whoever has a copy of the repository has it, so removing it is not enough."
    : "Then remove it, or keep it where only its user can read it.";
  if (!token) return `Revoke it where it was issued (${issuerOf(format)}). ${then}`;
  return `revoke_token with ids ["${token.id}"] and provider ${token.provider}; if something still uses it, rotate_token instead. ${then}`;
}

function issuerOf({ issuer }: Format): string {
  if ("name" in issuer) return issuer.name;
  return { flyio: "Fly.io", jfrog: "JFrog" }[issuer.provider] ?? "the local registry";
}
