/**
 * Which headers pass, in either direction: those that have a meaning for packages. A list of what may pass instead of
 * what may not, since upstreams trust headers of many names: for who is asking, for the path, for the method.
 */

const toUpstream =
  /^(accept|accept-language|cache-control|pragma|content-type|content-encoding|content-language|if-match|if-none-match|if-modified-since|if-unmodified-since|if-range|range|user-agent|npm-(?!otp$)[a-z-]+|pacote-[a-z-]+)$/;

const toClient =
  /^(accept-ranges|age|cache-control|content-disposition|content-encoding|content-language|content-length|content-range|content-type|date|deprecation|etag|expires|last-modified|npm-notice|retry-after|vary|warning|x-pypi-last-serial|x-checksum-[a-z0-9]+)$/;

/** Those with words in them, or addresses. */
const said = new Set(["content-disposition", "npm-notice", "warning"]);

/** Codings that a document can be unpacked from, to be rewritten. */
const codings = new Set(["gzip", "br", "deflate", "identity"]);

/**
 * The headers of a request to the upstream, without its credential.
 * @param isFile whether the path is that of a file, which may be asked for in part
 */
export function requestHeaders(client: Headers, isFile: boolean): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of client) if (toUpstream.test(name)) headers[name] = value;
  // Part of a document cannot be rewritten, and nobody asks for one.
  if (!isFile) for (const name of ["range", "if-range"]) delete headers[name];
  headers["accept-encoding"] = acceptedCodings(client.get("accept-encoding"));
  return headers;
}

function acceptedCodings(wanted: string | null): string {
  const known = (wanted ?? "")
    .split(",")
    .map((one) => one.trim().toLowerCase())
    .filter((one) => codings.has(one.split(";", 1)[0]?.trim() ?? ""));
  return known.join(", ") || "identity";
}

/**
 * The headers of an answer, for the client alone: a cache between us would hand it to whoever asks.
 * @param spelt what becomes of a text that the upstream has written
 */
export function answerHeaders(
  upstream: Record<string, string | string[] | undefined>,
  spelt: (text: string) => string,
): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(upstream))
    if (typeof value === "string" && toClient.test(name))
      headers.set(name, said.has(name) ? spelt(value) : value);
  headers.set("cache-control", privately(headers.get("cache-control")));
  // It may be a page, and it comes from where ours come from.
  headers.set("content-security-policy", "default-src 'none'; sandbox");
  headers.set("x-content-type-options", "nosniff");
  return headers;
}

function privately(said: string | null): string {
  const others = (said ?? "no-cache")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && !/^(public|private|s-maxage|proxy-revalidate)\b/i.test(one));
  return ["private", ...others].join(", ");
}
