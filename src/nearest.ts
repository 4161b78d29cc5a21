/** What somebody may have meant. */

/**
 * The accepted value that is nearest to what was given, if it is near at all; else the only one that begins with it, or that
 * has all of its words, or of which it has all the words: `prod`, `github`, `package_manager` for `manager`.
 */
export function nearest(given: string, allowed: readonly string[]): { did_you_mean?: string } {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const ranked = allowed
    .map((value) => ({ value, distance: distance(plain(given), plain(value)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best && best.distance <= Math.max(2, best.value.length / 3)) return { did_you_mean: best.value };
  const [kin, ...others] = allowed.filter((value) => areKin(given.toLowerCase(), value.toLowerCase()));
  return kin !== undefined && others.length === 0 ? { did_you_mean: kin } : {};
}

function areKin(given: string, value: string): boolean {
  const words = (text: string) => text.split(/[^a-z0-9]+/).filter(Boolean);
  const [mine, theirs] = [words(given), words(value)];
  if (mine.length === 0 || theirs.length === 0) return false;
  const isPart = (some: string[], all: string[]) => some.every((word) => all.includes(word));
  return (given.length > 2 && value.startsWith(given)) || isPart(mine, theirs) || isPart(theirs, mine);
}

/** The Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
