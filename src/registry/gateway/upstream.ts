/** A registry behind the gateway: where it is, and what it is shown instead of the client's credential. */
import { Secret } from "../../secret.ts";

export interface Upstream {
  secure: boolean;
  hostname: string;
  /** Also when it is the scheme's own. */
  port: number;
  /** What documents call it: host name, and port where it is not the scheme's own. */
  host: string;
  /** The path that everything it has is below: with a slash at its start, none at its end; `""` for the whole host. */
  base: string;
  /** The Authorization header, when its URL carries a credential. */
  authorization: Secret | undefined;
  /** The password or token alone, and as the header has it, in characters and in bytes: a server may show what it was sent. */
  credential: readonly string[];
}

/**
 * Takes a URL of the settings apart. `user:password@` becomes Basic, `:token@` becomes Bearer.
 * @param url http or https, without query and fragment
 * @param isIndex an index of Python's: who names its simple/ means what is above it
 */
export function upstreamAt(url: Secret, isIndex: boolean): Upstream {
  const parts = new URL(url.reveal());
  const { hostname, host, port, pathname } = parts;
  const secure = parts.protocol === "https:";
  const username = decodeURIComponent(parts.username);
  const password = decodeURIComponent(parts.password);
  const value = username === "" ? password : Buffer.from(`${username}:${password}`).toString("base64");
  return {
    secure,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || (secure ? 443 : 80)),
    host,
    base: pathname.replace(isIndex ? /(\/simple)?\/*$/ : /\/*$/, ""),
    authorization: value ? new Secret(`${username === "" ? "Bearer" : "Basic"} ${value}`) : undefined,
    // Shorter ones are found in ordinary words.
    credential: [...new Set([value, password, Buffer.from(password).toString("latin1")])].filter(
      (text) => text.length >= 8,
    ),
  };
}
