/**
 * What a path below one of our mounts asks of an upstream. Laws: it is judged in the same spelling in which it is sent
 * on; it never leads out of the upstream's base, however an upstream reads dots, slashes and percent signs.
 */

export interface Asked {
  /** Decoded; a final slash leaves an empty one at the end. Without any: the mount itself. */
  segments: string[];
  /** Spelt in the one way that is sent on; begins with a slash, unless it is empty. */
  path: string;
}

// Nothing of these is in the path of a package. A percent sign could be decoded twice, a backslash be taken for a slash,
// and what follows a semicolon be left out, each by some server.
const never = /[\u0000-\u001f\u007f\\;%]/;

/**
 * @param path what follows the mount, as it came over the wire
 * @returns `undefined` when it is nothing that a package registry can have
 */
export function askedBelow(path: string): Asked | undefined {
  if (path === "") return { segments: [], path: "" };
  if (!path.startsWith("/")) return undefined;
  const segments: string[] = [];
  for (const part of path.slice(1).split("/")) {
    const segment = decoded(part);
    if (segment === undefined || never.test(segment)) return undefined;
    segments.push(segment);
  }
  if (!segments.every((segment, at) => isPlain(segment, at === segments.length - 1))) return undefined;
  return { segments, path: `/${segments.map(encode).join("/")}` };
}

/** A scoped name may have its slash encoded; nothing else may have one, and only the end may be empty. */
function isPlain(segment: string, isLast: boolean): boolean {
  if (segment === "") return isLast;
  const parts = segment.split("/");
  if (parts.length > 2 || (parts.length === 2 && !/^@[^/]/.test(segment))) return false;
  return parts.every((part) => part !== "" && part !== "." && part !== "..");
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** What RFC 3986 lets stand in a segment stays readable: some servers know only that spelling. */
function encode(segment: string): string {
  return encodeURIComponent(segment)
    .replace(/%(?:40|2B|3A|24|26|3D|2C)/g, decodeURIComponent)
    .replaceAll("%2F", "%2f");
}
