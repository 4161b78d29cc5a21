/** The questions that a token has to pass, over all the rules that bind it. */
import type { Limit } from "../expiry.ts";
import { Problem } from "../problem.ts";
import { type Part, partsFor, permitted } from "./part.ts";
import type { Wish } from "./policy.ts";

/** The shortest of the limits. */
export function limitOf(parts: readonly Part[], wish: Wish): Limit | undefined {
  const limits = partsFor(parts, wish.environment).flatMap(
    ({ max_expiry }) => max_expiry[permitted(wish)] ?? [],
  );
  return limits.sort((a, b) => a.longest - b.longest)[0];
}

/** @throws Problem `forbidden` */
export function permit(parts: readonly Part[], wish: Wish): void {
  const binding = partsFor(parts, wish.environment);
  const kind = permitted(wish);
  const what = `${kind} token${wish.environment === undefined ? "" : ` for ${wish.environment}`}`;
  const refusal = refusalIn(binding, "permissions", kind);
  if (refusal)
    throw new Problem(
      "forbidden",
      `The operator allows no ${what} (${refusal.rule}).`,
      refusal.allowed.length > 0
        ? `Ask for permission ${refusal.allowed.join(" or ")}.`
        : "Ask the operator: the policy allows no token there.",
      detailsOf(refusal.allowed),
    );
  const guard = binding.find((part) => part.protected);
  if (!guard || kind === "read_only" || wish.reason?.trim()) return;
  throw new Problem(
    "forbidden",
    `A ${what} needs a reason: that environment is protected (${guard.rule("protected")}).`,
    "Call again with reason, a sentence on what it is for that the user agrees with; or ask for permission read_only.",
    detailsOf(refusalIn(binding, "permissions", "read_only") ? [] : ["read_only"]),
  );
}

/** @throws Problem `forbidden` */
export function permitDelivery(parts: readonly Part[], to: string, environment: string | undefined): void {
  const refusal = refusalIn(partsFor(parts, environment), "deliveries", to);
  if (!refusal) return;
  const { rule, allowed } = refusal;
  throw new Problem(
    "forbidden",
    `The operator does not allow deliver_to ${to}${environment === undefined ? "" : ` for a token of ${environment}`} (${rule}).`,
    allowed.length > 0
      ? `Call again with deliver_to ${allowed.join(" or ")}.`
      : "Ask the operator: the policy allows no delivery there.",
    detailsOf(allowed),
  );
}

/** The rule that does not have a word in its list, and the words that all lists have. */
function refusalIn(
  parts: readonly Part[],
  member: "permissions" | "deliveries",
  word: string,
): { rule: string; allowed: readonly string[] } | undefined {
  const lists = parts.flatMap((part) => {
    const list: readonly string[] | undefined = part[member];
    return list ? [{ rule: part.rule(member), list }] : [];
  });
  const refusing = lists.find(({ list }) => !list.includes(word));
  const [first, ...others] = lists;
  const allowed = first?.list.filter((one) => others.every(({ list }) => list.includes(one))) ?? [];
  return refusing && { rule: refusing.rule, allowed };
}

function detailsOf(allowed: readonly string[]): { allowed?: readonly string[]; did_you_mean?: string } {
  const [nearest] = allowed;
  return nearest === undefined ? {} : { allowed, did_you_mean: nearest };
}
