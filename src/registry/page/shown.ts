/** How what people and programs have written is shown: as one line of text that hides nothing. */
import { quote } from "../../problem.ts";

/** Without invisible characters, and at most 200 long. JSX escapes it. */
export function shown(text: string): string {
  return quote(text, 200);
}

/** A digest as people compare it. */
export function short(digest: string): string {
  return digest.replace(/^(sha\d+:[0-9a-f]{12})[0-9a-f]+$/, "$1…");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A date in UTC: `22 Dec 2026`. @param iso ISO 8601 */
export function day(iso: string): string {
  const date = new Date(iso);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** A moment in UTC: `22 Dec 2026, 09:05 UTC`. @param iso ISO 8601 */
export function minute(iso: string): string {
  return `${day(iso)}, ${new Date(iso).toISOString().slice(11, 16)} UTC`;
}

const units = [
  { name: "day", length: 86_400_000 },
  { name: "hour", length: 3_600_000 },
  { name: "minute", length: 60_000 },
];

/** How far a moment is from now, in words: `in 3 days`, `2 hours ago`, `just now`. */
export function distance(iso: string, now: Date): string {
  const span = new Date(iso).getTime() - now.getTime();
  const unit = units.find(({ length }) => Math.abs(span) >= length);
  if (!unit) return span > 0 ? "in less than a minute" : "just now";
  const count = Math.floor(Math.abs(span) / unit.length);
  const words = `${count} ${unit.name}${count === 1 ? "" : "s"}`;
  return span > 0 ? `in ${words}` : `${words} ago`;
}

/** A number of things: `1 token`, `2 tokens`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

export const permissions = { read_only: "Read-only", read_write: "Read & write" } as const;
