/**
 * Tokens as they travel: `FlyV1 fm2_…,fm2_…`, a bag of permission tokens, the discharges that go with them, and perhaps
 * an OAuth token.
 */
import { MacaroonFault } from "./fault.ts";
import { longest, mostTokens } from "./limits.ts";
import { decodeMacaroon, type Macaroon, permissionLocation } from "./macaroon.ts";
import { bufferOf } from "./reader.ts";

export type HeaderToken =
  | { kind: "permission" | "discharge"; macaroon: Macaroon }
  /** Not ours to read. */
  | { kind: "oauth"; text: string }
  | { kind: "bad"; fault: MacaroonFault };

/**
 * What is in a header. Schemes (`Bearer`, `FlyV1`, in any case and number) are left out, line breaks inside a token are
 * ignored. A token that cannot be read is among them, as `bad`.
 * @throws MacaroonFault `no_tokens`, `too_large`
 */
export function parseHeader(header: string): HeaderToken[] {
  if (header.length > longest) throw new MacaroonFault("too_large");
  const parts: string[] = [];
  for (const part of withoutSchemes(header).split(",")) {
    const text = part.trim();
    if (text !== "") parts.push(text);
  }
  if (parts.length === 0) throw new MacaroonFault("no_tokens");
  if (parts.length > mostTokens) throw new MacaroonFault("too_large");
  return parts.map(parseToken);
}

/** The header without what stands before its first token. */
export function withoutSchemes(header: string): string {
  const scheme = /\s*(?:bearer|flyv1)(?=\s|$)/iy;
  let behind = 0;
  while (scheme.test(header)) behind = scheme.lastIndex;
  return header.slice(behind).trim();
}

function parseToken(part: string): HeaderToken {
  try {
    const at = part.indexOf("_");
    const prefix = part.slice(0, Math.max(at, 0));
    if (prefix === "fo1") return { kind: "oauth", text: part };
    if (!["fm2", "fm1r", "fm1a"].includes(prefix)) throw new MacaroonFault("bad_prefix");
    const macaroon = decodeMacaroon(decodeBase64(part.slice(at + 1)));
    return { kind: macaroon.location === permissionLocation ? "permission" : "discharge", macaroon };
  } catch (fault) {
    if (fault instanceof MacaroonFault) return { kind: "bad", fault };
    throw fault;
  }
}

function decodeBase64(given: string): Buffer {
  const quick = Buffer.from(given, "base64");
  // What comes out the same again is strict base64, and nearly every token does: the slow way is for all others.
  if (given !== "" && quick.toString("base64") === given) return quick;
  const text = given.replace(/[\r\n]/g, "");
  if (text === "") throw new MacaroonFault("empty_token");
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new MacaroonFault("bad_base64");
  return Buffer.from(text, "base64");
}

/** A header of macaroons, in the form that is current: `FlyV1 fm2_…,fm2_…`. */
export function formatHeader(macaroons: readonly Macaroon[]): string {
  const tokens = macaroons.map(({ bytes }) => `fm2_${bufferOf(bytes).toString("base64")}`);
  return `FlyV1 ${tokens.join(",")}`;
}

/** The macaroons of a header, in order; those that cannot be read are left out. */
export function macaroonsOf(tokens: readonly HeaderToken[], kind?: "permission" | "discharge"): Macaroon[] {
  const found: Macaroon[] = [];
  for (const token of tokens)
    if ("macaroon" in token && (!kind || token.kind === kind)) found.push(token.macaroon);
  return found;
}
