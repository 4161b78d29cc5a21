/** Which argument a refusal is about, where whoever refused does not know what the caller calls it. */

/**
 * The one argument that the sentence names, or whose value it quotes: `There is no provider "locl".` Nothing where it may
 * be either of two.
 * @returns its name; of a part, with dots
 */
export function argumentIn(sentence: string, given: unknown): string | undefined {
  const leaves = leavesOf(given, []);
  const named = leaves.filter(({ path }) => new RegExp(`(^|\`)${path.at(-1)}(\`| means )`).test(sentence));
  const quoted = leaves.filter(
    ({ value }) => typeof value === "string" && value !== "" && sentence.includes(`"${value}"`),
  );
  const [only, ...others] = named.length > 0 ? named : quoted;
  return only && others.length === 0 ? only.path.join(".") : undefined;
}

interface Leaf {
  path: readonly string[];
  value: unknown;
}

function leavesOf(value: unknown, path: readonly string[]): Leaf[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return path.length > 0 ? [{ path, value }] : [];
  return Object.entries(value)
    .filter(([name]) => /^\w+$/.test(name))
    .flatMap(([name, member]) => leavesOf(member, [...path, name]));
}
