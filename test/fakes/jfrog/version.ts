/** Platform versions, by Artifactory's number: `7.111.4`. */
export function atLeast(version: string, wanted: string): boolean {
  const [a, b] = [numbers(version), numbers(wanted)];
  for (const [index, part] of b.entries()) {
    const own = a[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

function numbers(version: string): number[] {
  return version.split(".").map(Number);
}
