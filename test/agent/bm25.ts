/**
 * Okapi BM25 as the textbooks have it (k1 1.2, b 0.75): lower-cased words of letters and digits, so that `get_status` is
 * two; no stemming, no stop words, no synonyms. It stands for the search by which hosts with many tools pick a few.
 */
const k1 = 1.2;
const b = 0.75;

export interface Ranked {
  name: string;
  score: number;
}

export interface Ranking {
  /** The best first; equal scores in the order of the catalogue. */
  ranked: readonly Ranked[];
  /** The best score as a share of what a text would get that holds every word of the query once; 0 to about 1. */
  cover: number;
}

/** @param stem what becomes of each word, of the texts and of the query */
function wordsOf(text: string, stem: (word: string) => string = (word) => word): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
}

/** The simplest stemming that there is, for comparison: no plural, no `-ing`, `-ed`, `-e`. */
export function plainStem(word: string): string {
  if (word.length < 4) return word;
  return word.replace(/(?<=[^s])s$/, "").replace(/(?<=...)(?:ing|ed|e)$/, "");
}

/**
 * Indexes texts by name.
 * @returns what ranks them for a query
 */
export function bm25(
  texts: readonly { name: string; text: string }[],
  stem?: (word: string) => string,
): (query: string) => Ranking {
  const documents = texts.map(({ name, text }) => {
    const words = wordsOf(text, stem);
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return { name, counts, length: words.length };
  });
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const idf = (word: string) => {
    const having = documents.filter(({ counts }) => counts.has(word)).length;
    return Math.log(1 + (documents.length - having + 0.5) / (having + 0.5));
  };
  return (query) => {
    const words = wordsOf(query, stem).map((word) => ({ word, weight: idf(word) }));
    const ranked = documents
      .map(({ name, counts, length }) => ({
        name,
        score: words.reduce((sum, { word, weight }) => {
          const count = counts.get(word) ?? 0;
          return sum + (weight * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / average));
        }, 0),
      }))
      .sort((one, other) => other.score - one.score);
    const whole = words.reduce((sum, { weight }) => sum + weight, 0);
    return { ranked, cover: whole > 0 ? (ranked[0]?.score ?? 0) / whole : 0 };
  };
}
