/** Since which version of the platform something exists (Artifactory's, after which all are counted). */

export const since = {
  /** The endpoint of tokens. */
  tokens: "7.21.1",
  /** Scopes `artifact:…`. */
  artifactScopes: "7.38.0",
  referenceTokens: "7.38.10",
  /** Before, `expires_in` 0 was a year. */
  never: "7.42.1",
  forceRevocable: "7.50.3",
  /** `/tokens/me`. */
  ownToken: "7.53.1",
} as const;

/** @param version `undefined` where the platform does not say: then it is one of today's */
export function has(version: string | undefined, ability: keyof typeof since): boolean {
  if (version === undefined) return true;
  const [own, first] = [numbersOf(version), numbersOf(since[ability])];
  for (const [index, number] of first.entries()) if (own[index] !== number) return (own[index] ?? 0) > number;
  return true;
}

function numbersOf(version: string): number[] {
  return version
    .split(/[.-]/)
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 10) || 0);
}
