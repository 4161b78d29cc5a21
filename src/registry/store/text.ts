/**
 * What text in the store can be. Two kinds of it would be kept, or read again, otherwise by one database than by the
 * other: U+0000, which PostgreSQL does not take, and halves of surrogate pairs, which UTF-8 has no form for.
 */
import { Refusal } from "../caller.ts";

/**
 * The parameters of a statement as both databases understand them: a half of a surrogate pair becomes U+FFFD.
 * @throws Refusal 400 for U+0000
 */
export function storable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => {
    if (typeof value !== "string") return value;
    if (value.includes("\0"))
      throw new Refusal(400, "INVALID", "The character U+0000 can be part of nothing here.");
    return value.replace(/\p{Surrogate}/gu, "\ufffd");
  });
}
