/** What no text in the store may hold: U+0000, which PostgreSQL cannot keep. SQLite could; the answer is the same on both. */
import { Refusal } from "../caller.ts";

/**
 * @param parameters of a statement, whatever their types
 * @throws Refusal 400
 */
export function refuseNull(parameters: readonly unknown[]): void {
  for (const value of parameters) {
    if (typeof value === "string" && value.includes("\0"))
      throw new Refusal(400, "INVALID", "The character U+0000 can be part of nothing here.");
  }
}
