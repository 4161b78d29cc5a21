/** What a token says of itself, in the model's terms. */
import type { Caveat } from "../../macaroon/caveat.ts";
import { expiryOf, type Macaroon } from "../../macaroon/macaroon.ts";
import { maskOf, within } from "../../macaroon/mask.ts";
import { type Names, wordsFor } from "../../macaroon/words.ts";
import { quote } from "../../problem.ts";
import type { Permission, Token } from "../provider.ts";

type Description = Pick<Token, "permission" | "scope" | "created_at" | "expires_at">;

/** @param permissions of one bag: what one of them allows is allowed */
export function describe(permissions: readonly Pick<Macaroon, "caveats">[], names: Names): Description {
  const lists = permissions.map(({ caveats }) => caveats);
  const [first, ...others] = lists.map(permissionOf);
  const ends = lists.map(expiryOf).filter((end) => end !== null);
  const starts = lists.flat().flatMap((one) => (one.name === "ValidityWindow" ? [one.body.not_before] : []));
  return {
    permission: first !== undefined && others.every((one) => one === first) ? first : "custom",
    scope: quote(lists.map((caveats) => scopeOf(caveats, names)).join("; or: "), 600),
    created_at: iso(Math.min(...starts.map(Number))) ?? new Date(0).toISOString(),
    expires_at: ends.length < lists.length ? null : iso(Math.max(...ends.map(Number))),
  };
}

/** Caveats that say nothing about what may be done. */
const beside = new Set<Caveat["name"]>(["ValidityWindow", "3P", "BindToParentToken", "IsUser"]);
const read = maskOf("r");
const everything = maskOf("rwcdC");

function permissionOf(caveats: readonly Caveat[]): Permission {
  let mask = everything;
  let isPlain = true;
  for (const caveat of caveats) {
    if (caveat.name === "Organization") mask &= caveat.body.mask;
    else if (caveat.name === "Action") mask &= caveat.body;
    else if (caveat.name === "Apps") mask &= (caveat.body.apps ?? []).reduce((any, [, one]) => any | one, 0);
    else isPlain &&= beside.has(caveat.name);
  }
  if (within(mask, read)) return "read_only";
  return isPlain && mask === everything ? "read_write" : "custom";
}

function scopeOf(caveats: readonly Caveat[], names: Names): string {
  const words = caveats.filter(({ name }) => !beside.has(name)).map((caveat) => wordsFor(caveat, names));
  return words.join("; ") || "whatever Fly.io lets it do";
}

function iso(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
