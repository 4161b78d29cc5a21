/**
 * The upstream's own addresses in what it says, and how they are spelt here: whole URLs of its base, with either scheme
 * and also as JSON and HTML escape them; and in an index's links those that begin with its base's path.
 */

export interface Places {
  /** The upstream's host with its port, and its base; see `Upstream`. */
  host: string;
  base: string;
  /** Where the client reaches the same: URL without a slash at its end. */
  ours: string;
  /** What must not be read in what went wrong: a server may show what it was sent. */
  hidden?: readonly string[];
}

/** Where something is replaced in a text. */
export interface Replacement {
  pattern: RegExp;
  /** No match, with what is looked at behind it, is longer. */
  longest: number;
  with: (match: RegExpExecArray) => string;
}

/** What cannot go on a name: `http://host/npm` is not part of `http://host/npm-private` nor of `http://host.example`. */
const end = "(?![\\w~%:@!$+-]|&(?!#(?:x2f|47|34|39);|(?:quot|apos|lt|gt);)|\\.\\w)";

/** A slash, plain or as JSON and HTML escape it. */
const slash = "(?:\\\\?/|\\\\u002f|&#x2f;|&#47;)";
const escapedSlash = /\\\/|\\u002f|&#x2f;|&#47;/gi;

/** @param links whether a link may also be only a path: those of an index are */
export function replacementFor({ host, base, ours, hidden = [] }: Places, links: boolean): Replacement {
  const port = /:\d+$/.test(host) ? "" : "(?::80|:443)?";
  const path = literal(base).replaceAll("/", slash);
  const whole = `https?:${slash}${slash}${literal(host)}${port}${path}${end}`;
  const link = `(?:href\\s{0,8}=\\s{0,8}["']?|"url"\\s{0,8}:\\s{0,8}")(?=/(?!/))${literal(base)}(?=/)`;
  const secrets = hidden.length > 0 ? [`(${hidden.map(literal).join("|")})`] : [];
  const { pathname } = new URL(ours);
  return {
    // In any case: hosts and secrets may be spelt so. Paths may not, see below.
    pattern: new RegExp([whole, ...(links ? [link] : []), ...secrets].join("|"), "gi"),
    // Six times for escaped slashes; and what stands around a link, with few spaces.
    longest: Math.max(host.length + 6 * base.length + 60, ...hidden.map(({ length }) => length)),
    with([match, secret]) {
      if (secret !== undefined) return "[redacted]";
      if (!match.replace(escapedSlash, "/").endsWith(base)) return match;
      if (!/^http/i.test(match)) return match.slice(0, match.length - base.length) + pathname;
      return match.includes("\\/") ? ours.replaceAll("/", "\\/") : ours;
    },
  };
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&");
}

/** Replaces in a text that is there as a whole. */
export function replaceIn(text: string, replacement: Replacement): string {
  return [...pieces(text, text.length, replacement)].join("");
}

/**
 * A text with its replacements, as far as they are certain.
 * @param until where the first match may begin that is not
 * @returns pieces, and the length of what was read of the text
 */
export function* pieces(text: string, until: number, replacement: Replacement): Generator<string, number> {
  const pattern = new RegExp(replacement.pattern);
  let at = 0;
  for (let match = pattern.exec(text); match && match.index < until; match = pattern.exec(text)) {
    yield text.slice(at, match.index);
    yield replacement.with(match);
    at = pattern.lastIndex;
  }
  const read = Math.max(at, until);
  yield text.slice(at, read);
  return read;
}
