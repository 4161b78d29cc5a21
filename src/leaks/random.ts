/** Whether a text could be a token's: documentation is full of texts that only have the form of one. */

/** As in `xxxxxxxx`, `0123456789abcdef`, `YOUR_TOKEN_HERE`, or a name that a program gave to something. */
export function looksRandom(text: string): boolean {
  if (text.length >= 30 && !/\d/.test(text)) return false;
  if (!/[A-Za-z]/.test(text)) return false;
  if (new Set(text).size < Math.min(12, text.length / 2)) return false;
  if (/example|placeholder|redacted|changeme|dummy|secret|token|your[_-]/i.test(text)) return false;
  return longestRun(text) < 6;
}

/** The longest row of characters of which each is the same as the one before, or the next: `aaaa`, `1234`. */
function longestRun(text: string): number {
  let longest = 1;
  for (const step of [0, 1]) {
    let length = 1;
    for (let at = 1; at < text.length; at++) {
      length = text.charCodeAt(at) - text.charCodeAt(at - 1) === step ? length + 1 : 1;
      longest = Math.max(longest, length);
    }
  }
  return longest;
}
