/**
 * The forms of tokens' values. Each is found by its prefix and read to its end by a pattern without alternatives to try
 * again, so that no text takes longer than its length; what can be proved by the value itself (a checksum, an encoding)
 * is, and where nothing can, the letters have to look random.
 */
import { MacaroonFault } from "../macaroon/fault.ts";
import { macaroonsOf, parseHeader } from "../macaroon/header.ts";
import { credentialKind } from "../registry/credential.ts";
import { looksRandom } from "./random.ts";

export interface Format {
  /** For people. */
  kind: string;
  /** The provider that it belongs to, or who else issues it. */
  issuer: { provider: string } | { name: string };
  /** Whether its provider can be asked about it. */
  known: boolean;
  prefix: string;
  /** What may not stand before it, and not behind it; where a value proves itself, anything may. */
  apart?: { before: RegExp; behind: RegExp };
  /** From the prefix on; sticky. */
  pattern: RegExp;
  /** Whether a value that has the form is one. */
  accepts(value: string): boolean;
}

const fromWords = { before: /[A-Za-z0-9_-]/, behind: /[A-Za-z0-9_-]/ };
/** In base64, which is everywhere, letters and digits alone are nothing. */
const fromBase64 = { before: /[A-Za-z0-9_+/-]/, behind: /[A-Za-z0-9_+/=-]/ };

const registryToken: Omit<Format, "kind" | "known" | "prefix"> = {
  issuer: { provider: "local" },
  pattern: /fly[tk]_[0-9A-Za-z]{49}/y,
  accepts: (value) => credentialKind(value) !== undefined,
};

/** One or several that go together: `fm2_…,fm2_…`. */
const macaroons = (prefix: string): Format => ({
  kind: "Fly.io token",
  issuer: { provider: "flyio" },
  known: true,
  prefix,
  apart: { before: /[A-Za-z0-9_]/, behind: /[A-Za-z0-9+/=]/ },
  pattern:
    /fm(?:2|1r|1a)_[A-Za-z0-9+/]{40,16384}={0,2}(?:, ?(?:fm(?:2|1r|1a)|fo1)_[A-Za-z0-9+/_-]{40,16384}={0,2}){0,32}/y,
  accepts: isOfMacaroons,
});

/** @param length of what follows the prefix: the shortest, the longest */
function foreign(
  kind: string,
  name: string,
  prefix: string,
  length: [number, number],
  letters: string,
): Format {
  return {
    kind,
    issuer: { name },
    known: false,
    prefix,
    apart: fromWords,
    pattern: new RegExp(`${prefix}[${letters}]{${length[0]},${length[1]}}`, "y"),
    accepts: (value) => looksRandom(value.slice(prefix.length)),
  };
}

const alphanumeric = "A-Za-z0-9";
const urlSafe = "A-Za-z0-9_-";

export const formats: readonly Format[] = [
  { ...registryToken, kind: "token of the local registry", known: true, prefix: "flyt_" },
  { ...registryToken, kind: "user's key of the local registry", known: false, prefix: "flyk_" },
  ...["fm2_", "fm1r_", "fm1a_"].map(macaroons),
  {
    ...foreign("Fly.io user's session", "Fly.io", "fo1_", [40, 64], urlSafe),
    issuer: { provider: "flyio" },
  },
  {
    kind: "JFrog access token",
    issuer: { provider: "jfrog" },
    known: true,
    prefix: "eyJ",
    apart: fromWords,
    pattern: /eyJ[\w-]{8,2048}\.eyJ[\w-]{8,8192}\.[\w-]{16,2048}/y,
    accepts: isOfJfrog,
  },
  {
    kind: "JFrog reference token",
    issuer: { provider: "jfrog" },
    known: true,
    prefix: "cmVmd",
    apart: fromBase64,
    pattern: /cmVmd[A-Za-z0-9]{59}/y,
    accepts: (value) =>
      /^reftkn:\d\d:\d{10}:[A-Za-z0-9]+$/.test(Buffer.from(value, "base64").toString("latin1")),
  },
  {
    ...foreign("JFrog API key", "JFrog", "AKCp", [69, 69], alphanumeric),
    issuer: { provider: "jfrog" },
    apart: fromBase64,
  },
  foreign("npm token", "npm", "npm_", [36, 36], alphanumeric),
  foreign("PyPI token", "PyPI", "pypi-AgE", [80, 1024], urlSafe),
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map((prefix) =>
    foreign("GitHub token", "GitHub", prefix, [36, 36], alphanumeric),
  ),
  foreign("GitHub token", "GitHub", "github_pat_", [82, 82], `${alphanumeric}_`),
  {
    ...foreign("GitLab token", "GitLab", "glpat-", [20, 300], urlSafe),
    pattern: /glpat-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{9})?/y,
  },
  foreign("Docker Hub token", "Docker Hub", "dckr_pat_", [27, 27], urlSafe),
];

/** One of them can be read: what documentation shows is cut off. */
function isOfMacaroons(value: string): boolean {
  try {
    return macaroonsOf(parseHeader(value)).length > 0;
  } catch (fault) {
    if (fault instanceof MacaroonFault) return false; // larger than any
    throw fault;
  }
}

/** Who issued it, it says itself: `jfac@…`, the platform's service, or one of its kin. Other JWTs are nobody's here. */
function isOfJfrog(value: string): boolean {
  try {
    const claims: unknown = JSON.parse(Buffer.from(value.split(".")[1] ?? "", "base64url").toString());
    const { iss, sub } = claims as Record<string, unknown>;
    return [iss, sub].some((name) => /^jf[a-z]{2}@/.test(String(name)));
  } catch {
    return false;
  }
}
