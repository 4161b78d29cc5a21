/** What changes, for a person: the lines that go and the lines that come, without those around them. */
import { mask } from "./mask.ts";

/**
 * A line diff without context: `-` before what goes, `+` before what comes. Line breaks are not compared.
 *
 * @param secretsIn the source texts in a run of lines that are not to be shown
 * @param plain strings that may be shown wherever they stand
 */
export function diff(
  before: string,
  after: string,
  secretsIn: (text: string) => readonly string[],
  plain: readonly string[] = [],
): string {
  const [old, now] = [linesOf(before), linesOf(after)];
  return hunks(old, now)
    .flatMap(({ gone, come }) => [
      ...marked("-", gone, secretsIn, plain),
      ...marked("+", come, secretsIn, plain),
    ])
    .join("\n");
}

interface Hunk {
  gone: string[];
  come: string[];
}

/** Lines with their breaks, so that a secret over several lines can be found in them. */
function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

function bare(line: string | undefined): string | undefined {
  return line?.replace(/^\uFEFF|[\r\n]+$/g, "");
}

function marked(
  sign: string,
  lines: readonly string[],
  secretsIn: (text: string) => readonly string[],
  plain: readonly string[],
): string[] {
  if (lines.length === 0) return [];
  const text = lines.join("");
  if (text.length > longestHunk) return [`${sign}[${lines.length} lines]`];
  const clean = linesOf(mask(text, secretsIn(text), plain));
  const shown = clean.length > longestRun ? clean.slice(0, beginning) : clean;
  const rest = clean.length - shown.length;
  return [...shown.map((line) => sign + bare(line)), ...(rest > 0 ? [`${sign}[${rest} more lines]`] : [])];
}

// Lines. What is longer is a file of our own making, and its beginning says what it is.
const longestRun = 30;
const beginning = 5;

// Longer ones are not for reading, and looking for secrets in them would take long.
const longestHunk = 100_000;

function hunks(old: readonly string[], now: readonly string[]): Hunk[] {
  const same = (i: number, j: number) => bare(old[i]) === bare(now[j]);
  let head = 0;
  while (head < old.length && head < now.length && same(head, head)) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && same(old.length - 1 - tail, now.length - 1 - tail))
    tail += 1;
  const gone = old.slice(head, old.length - tail);
  const come = now.slice(head, now.length - tail);
  return gone.length * come.length > 1_000_000 ? [{ gone, come }] : longestCommon(gone, come);
}

/** The classic: lengths of the longest common subsequences of all tails, then one walk through them. */
function longestCommon(gone: readonly string[], come: readonly string[]): Hunk[] {
  const width = come.length + 1;
  const lengths = new Uint32Array((gone.length + 1) * width);
  const length = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = gone.length - 1; i >= 0; i -= 1) {
    for (let j = come.length - 1; j >= 0; j -= 1) {
      const same = bare(gone[i]) === bare(come[j]);
      lengths[i * width + j] = same ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const result: Hunk[] = [];
  let hunk: Hunk = { gone: [], come: [] };
  for (let i = 0, j = 0; i < gone.length || j < come.length; ) {
    const [left, right] = [gone[i], come[j]];
    if (left !== undefined && right !== undefined && bare(left) === bare(right)) {
      result.push(hunk);
      hunk = { gone: [], come: [] };
      i += 1;
      j += 1;
    } else if (right === undefined || (left !== undefined && length(i + 1, j) >= length(i, j + 1))) {
      hunk.gone.push(left ?? "");
      i += 1;
    } else {
      hunk.come.push(right);
      j += 1;
    }
  }
  return [...result, hunk];
}
