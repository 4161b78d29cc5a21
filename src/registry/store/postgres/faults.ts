/** What PostgreSQL's errors mean to us (its manual, Appendix A: PostgreSQL Error Codes). */
import { Problem } from "../../../problem.ts";
import { Refusal } from "../../caller.ts";

/** Whether the database is away, or went away: then nothing is known, not even whether a commit has arrived. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  // Class 08: connection exception; 57P01–57P03: it is shut down, has crashed or does not take connections yet; 53: no
  // resources; 58: its machine fails it; 57014, 55P03 (`lock_timeout` of the user or the database), 25P03 and 25P04: it took
  // too long; 25006: this one takes no writes (a standby).
  if (/^(08...|57P0[1-5]|53...|58...|57014|55P03|25P0[34]|25006)$/.test(code)) return true;
  return (
    /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)$/.test(code) ||
    // The driver's own have no code.
    /^(Connection terminated|timeout exceeded|Query read timeout|Client (has encountered|was closed))/.test(
      error.message,
    )
  );
}

/** The same of what `openPostgres` and all that it opens throw. */
export function isAway(error: unknown): boolean {
  if (error instanceof Refusal) return error.status === 503;
  return isOutage(error instanceof Problem ? error.cause : error);
}

/**
 * Whether the same transaction may well succeed when it begins anew: two could not be put in a sequence (40001), each waited
 * for the other (40P01), or another one has just written the key (23505) or removed the row (23503) that this one relied on.
 */
export function getsInTheWay(error: unknown): boolean {
  return error instanceof Error && /^(40001|40P01|23505|23503)$/.test(codeOf(error));
}

/** Of those, the ones that only other transactions can cause. */
export function isContention(error: unknown): boolean {
  return error instanceof Error && /^40/.test(codeOf(error));
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
