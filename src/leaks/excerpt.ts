/** As many findings as an agent can read: each token once before any of them a second time, the most urgent first. */

interface Found {
  fingerprint: string;
}

/**
 * @param findings the most urgent first
 * @param most characters of JSON
 * @returns those that are listed, in the order that they have, and what is not listed, as a sentence
 */
export function excerptOf<Finding extends Found>(
  findings: readonly Finding[],
  most: number,
): { findings: readonly Finding[]; left?: string } {
  const counts = new Map<string, number>();
  const ranked = findings.map((finding) => {
    const rank = counts.get(finding.fingerprint) ?? 0;
    counts.set(finding.fingerprint, rank + 1);
    return { finding, rank };
  });
  let room = most - 2;
  const listed = new Set<Finding>();
  for (const { finding } of ranked.sort((a, b) => a.rank - b.rank)) {
    room -= JSON.stringify(finding).length + 1;
    if (room < 0) break;
    listed.add(finding);
  }
  const rest = findings.filter((finding) => !listed.has(finding));
  if (rest.length === 0) return { findings };
  const whole = new Set(rest.map(({ fingerprint }) => fingerprint));
  for (const { fingerprint } of listed) whole.delete(fingerprint);
  return {
    findings: [...listed].sort((a, b) => findings.indexOf(a) - findings.indexOf(b)),
    left: `${rest.length} more places are not listed, and with them ${whole.size} whole tokens. Deal with these, then call again.`,
  };
}
