/** By which a call is known again: the same arguments, in whatever order. */
import { createHash } from "node:crypto";

/** SHA-256 (base64url) of a value's JSON with the members of every object in order. */
export function digest(value: unknown): string {
  const ordered = (_key: string, member: unknown): unknown =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member;
  return createHash("sha256").update(JSON.stringify(value, ordered)).digest("base64url");
}
