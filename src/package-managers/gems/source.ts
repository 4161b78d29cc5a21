/** What RubyGems and Bundler have in common: a registry is a URL, and a login is the user part of one. */
import { Problem } from "../../problem.ts";
import { Secret } from "../../secret.ts";
import { decodeUserinfo, parseRegistryUrl } from "../input.ts";

/**
 * The registry, with its final slash. It becomes the name of a setting, and the readers of these files (Bundler's, and
 * RubyGems' since 3.5) take quotes for a part of a name: it must do without.
 *
 * @throws Problem `invalid_input`, `unsafe_location`
 */
export function gemsUrl(text: string): URL {
  const url = parseRegistryUrl(text.endsWith("/") ? text : `${text}/`);
  if (/^[\w.+/~-]*$/.test(url.pathname) && !url.hostname.startsWith("[")) return url;
  throw new Problem(
    "invalid_input",
    "The registry URL holds a character that RubyGems' and Bundler's files cannot hold in a name.",
    "Use a host name, and a path of letters, digits and -._~+/ alone.",
  );
}

/** User and password of what stands before the `@` of a URL. */
export function loginFrom(text: string): { username?: string; secret?: Secret } {
  const [, username = "", password = ""] = /^([^:]*):?(.*)$/s.exec(text) ?? [];
  return {
    ...(username && { username: decodeUserinfo(username) }),
    ...(password && { secret: new Secret(decodeUserinfo(password)) }),
  };
}
