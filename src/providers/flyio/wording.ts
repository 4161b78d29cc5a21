/** How a token's length of life is written at Fly.io. */
import { Problem } from "../../problem.ts";

const day = 86_400_000;
/** What `fly tokens create` gives unless it is told otherwise. */
const longest = 20 * 365 * day;

/**
 * The length of a life as Go prints it, such as `720h0m0s`. Fly.io is always told one: left alone, it makes tokens that
 * live for 20 years.
 * @throws Problem `invalid_input`
 */
export function goDuration(expires_at: Date | null, now: Date): string {
  if (expires_at === null)
    throw new Problem(
      "invalid_input",
      "A token of Fly.io ends at some time: it has no tokens for ever, and its own default of 20 years is no help to anyone who loses one.",
      `Name a length of time or a date, at most ${new Date(now.getTime() + longest).toISOString().slice(0, 10)}; 30d is usual.`,
    );
  const seconds = Math.round((expires_at.getTime() - now.getTime()) / 1000);
  if (!(seconds > 0))
    throw new Problem("invalid_input", "The expiry has passed already.", "Name a date in the future.");
  if (seconds * 1000 > longest)
    throw new Problem(
      "invalid_input",
      "A token of Fly.io lives for 20 years at most.",
      "Name an earlier date.",
    );
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`;
}
