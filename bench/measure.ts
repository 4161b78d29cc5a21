/** How the benchmarks measure: in turns, so that a busy moment hits both sides, and by the median. */

export interface Row {
  what: string;
  ours: string;
  against: string;
  /** Ours divided by theirs, or a plain number where there is nothing to divide by. */
  ratio: number;
  bound: string;
  holds: boolean;
}

/** Milliseconds that it takes. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** The medians of several things, in milliseconds, measured in turns; the first round is thrown away. */
export async function inTurns(rounds: number, acts: readonly (() => Promise<number>)[]): Promise<number[]> {
  const samples = acts.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, act] of acts.entries()) {
      const sample = await act();
      if (round > 0) samples[index]?.push(sample);
    }
  }
  return samples.map(median);
}

export function median(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN;
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

export function row(
  what: string,
  ours: string,
  against: string,
  ratio: number,
  bound: "<=" | ">=",
  limit: number,
): Row {
  return {
    what,
    ours,
    against,
    ratio,
    bound: `${bound} ${limit}`,
    holds: bound === "<=" ? ratio <= limit : ratio >= limit,
  };
}
