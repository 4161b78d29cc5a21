/** The encoded parts of a text, decoded: percent-encoding as in URLs, base64 as in logins. */

interface Decoding {
  text: string;
  /** Where the encoded text begins, where that is what a person sees. */
  from: number | undefined;
  /** Where in the encoded text what is at a place of the decoded one stands. */
  placeOf(at: number): number;
}

export function* decodings(text: string): Generator<Decoding> {
  yield* fromPercent(text);
  yield* fromBase64(text);
}

const escaped = /%([0-9A-Fa-f]{2})/g;
const delimiter = /[\s"'`<>\\]/;

/** Each word with an escaped in it. */
function* fromPercent(text: string): Generator<Decoding> {
  let end = 0;
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", end)) {
    let start = at;
    while (start > end && !delimiter.test(text.charAt(start - 1))) start -= 1;
    end = at + 1;
    while (end < text.length && !delimiter.test(text.charAt(end))) end += 1;
    const word = text.slice(start, end);
    const decoded = word.replace(escaped, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (decoded.length === word.length) continue;
    yield { text: decoded, from: undefined, placeOf: placesIn(word, start) };
  }
}

/** A hostile word may be as long as its file, and full of tokens: each place is found by halving. */
function placesIn(word: string, start: number): Decoding["placeOf"] {
  // Where each escape stands in the decoded word: two characters are lost with each before it.
  const escapes = Array.from(word.matchAll(escaped), ({ index }, before) => index - 2 * before);
  return (decoded) => {
    let [low, high] = [0, escapes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((escapes[middle] ?? 0) < decoded) low = middle + 1;
      else high = middle;
    }
    return start + decoded + 2 * low;
  };
}

/** What is shorter than this holds no token. */
const run = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}/g;
/** No token is shorter; by chance this many bytes do not come out as text. */
const readable = /[\t\n\r -~]{24}/;

/**
 * Every run of base64's letters, with each of the four ways in which its groups may begin: `/` and `-` are letters too,
 * so that a run may begin before the encoded text.
 */
function* fromBase64(text: string): Generator<Decoding> {
  for (const { 0: letters, index } of text.matchAll(run)) {
    if (/^[0-9a-f]*$/.test(letters)) continue; // a hash
    for (let shift = 0; shift < 4; shift++) {
      const decoded = Buffer.from(letters.slice(shift), "base64").toString("latin1");
      if (!readable.test(decoded)) continue;
      yield {
        text: decoded,
        from: index + shift,
        placeOf: (inner) => index + shift + Math.floor((inner * 4) / 3),
      };
    }
  }
}
