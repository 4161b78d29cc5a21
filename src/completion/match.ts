/** Which values fit what somebody has typed. */

/** What the protocol lets an answer hold. */
const most = 100;

export interface Completion {
  values: string[];
  /** How many fit. */
  total: number;
  hasMore: boolean;
}

/** Those that begin with it, then those that have it somewhere, without regard to case; each once, in their order. */
export function matching(values: readonly string[], typed: string): Completion {
  const wanted = typed.trim().toLowerCase();
  const places = [...new Set(values)].map((value) => ({ value, at: value.toLowerCase().indexOf(wanted) }));
  const found = [...places.filter(({ at }) => at === 0), ...places.filter(({ at }) => at > 0)];
  return {
    values: found.slice(0, most).map(({ value }) => value),
    total: found.length,
    hasMore: found.length > most,
  };
}

/** The last member of a list such as `npm, doc`, and what stands before it. */
export function lastOf(list: string): { before: string; members: string[]; last: string } {
  const [before = ""] = /^.*(?:,|\band\s)\s*/i.exec(list) ?? [];
  const members = before.split(/,|\band\s/i).flatMap((one) => one.trim() || []);
  return { before, members, last: list.slice(before.length) };
}
