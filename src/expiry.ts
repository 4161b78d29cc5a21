/** How long a token lives, as people say it. */
import { Problem } from "./problem.ts";

const units: Record<string, number> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const fix =
  'Use a number with m, h, d, w or y ("48h", "30d"), a date ("2027-01-31", "2027-01-31T12:00Z") or "never".';

/**
 * A length of time such as `48h` or `30d`, in milliseconds.
 * @throws Problem `invalid_input`
 */
export function lifetime(text: string): number {
  const [, amount, unit = ""] = /^\s*(\d{1,6})\s*([mhdwy])\s*$/i.exec(text) ?? [];
  const milliseconds = Number(amount) * (units[unit.toLowerCase()] ?? Number.NaN);
  if (!(milliseconds > 0))
    throw new Problem("invalid_input", `"${text.slice(0, 40)}" is not a length of time.`, fix, meant(text));
  return milliseconds;
}

/** What somebody means who writes "30 days" or "3 months". Not "3 mins": nobody wants that of a token. */
function meant(text: string): { did_you_mean?: string } {
  const [, amount, unit] =
    /^\s*(\d{1,4})[\s-]*(hour|day|week|month|year)s?\s*$/i.exec(text)?.map((part) => part.toLowerCase()) ??
    [];
  if (amount === undefined || unit === undefined || Number(amount) === 0) return {};
  return { did_you_mean: unit === "month" ? `${30 * Number(amount)}d` : `${Number(amount)}${unit[0]}` };
}

/** The longest that a token may live. */
export interface Limit {
  /** Milliseconds. */
  longest: number;
  /** Where it stands, for people: a setting, or a member of the operator's policy. */
  rule: string;
}

/** A length of time in milliseconds as `lifetime` reads it: `90d`, `36h`, `15m`; rounded down to minutes. */
export function inWords(milliseconds: number): string {
  const unit = (["d", "h"] as const).find((one) => milliseconds % (units[one] ?? 1) === 0) ?? "m";
  return `${Math.floor(milliseconds / (units[unit] ?? 1))}${unit}`;
}

/**
 * The moment at which a token is to expire; `null` for never. A date without a time means the end of that day in UTC.
 * @throws Problem `invalid_input` for what cannot be understood or lies in the past, `forbidden` beyond the limit
 */
export function expiresAt(text: string, now: Date, limit?: Limit): Date | null {
  const when = parse(text.trim(), now);
  if (when && when <= now)
    throw new Problem("invalid_input", `The expiry ${when.toISOString()} is in the past.`, fix);
  refuseBeyond(limit, when, now);
  return when;
}

/** @param when `null`: never @throws Problem `forbidden` that names the rule and the longest that it allows */
export function refuseBeyond(limit: Limit | undefined, when: Date | null, now: Date): void {
  if (limit === undefined || (when !== null && when.getTime() - now.getTime() <= limit.longest)) return;
  const longest = inWords(limit.longest);
  throw new Problem(
    "forbidden",
    `The operator limits the life of such a token to ${longest} (${limit.rule}).`,
    `Ask for ${longest} or less.`,
    { argument: "expires", allowed: [longest], did_you_mean: longest },
  );
}

function parse(text: string, now: Date): Date | null {
  if (/^never$/i.test(text)) return null;
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return new Date(now.getTime() + lifetime(text));
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  // Without a zone a time would be read in the zone of whoever runs the server.
  const zoned = day ? `${text}T23:59:59Z` : /(z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const when = new Date(zoned);
  if (Number.isNaN(when.getTime()) || (day && when.toISOString().slice(0, 10) !== text))
    throw new Problem("invalid_input", `"${text.slice(0, 40)}" is not a date.`, fix);
  return when;
}
