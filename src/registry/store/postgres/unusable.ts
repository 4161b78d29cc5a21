/** Why a database cannot be used at the start, in words that hold neither the URL nor the password. */
import { Problem } from "../../../problem.ts";

/** By PostgreSQL's and Node's error codes: what is wrong, and what to do. */
const reasons: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ECONNREFUSED: ["nothing listens there", "Start PostgreSQL, or correct FLY_TOKENS_DATABASE_URL."],
  ENOENT: [
    "a file or socket that it names is not there",
    "Start PostgreSQL, or correct FLY_TOKENS_DATABASE_URL.",
  ],
  ENOTFOUND: ["its host name is not known", "Correct the host in FLY_TOKENS_DATABASE_URL."],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "its certificate is for another name",
    "Name it in FLY_TOKENS_DATABASE_URL as its certificate does.",
  ],
  "28P01": ["it refuses the user or the password", "Correct them in FLY_TOKENS_DATABASE_URL."],
  "28000": ["it refuses the user", "Correct FLY_TOKENS_DATABASE_URL, or allow the user in pg_hba.conf."],
  "3D000": ["there is no such database", "Create it, or correct FLY_TOKENS_DATABASE_URL."],
  "42501": [
    "its user may not do what is needed",
    "Let the user create a schema in the database, or create one that belongs to it and name it with ?schema=.",
  ],
  "55P03": ["a table is in use, and could not be changed", "Start again in a moment."],
  "57014": ["it took too long", "Start again in a moment; look for what keeps the database busy."],
  "57P03": ["it is starting or stopping", "Start again in a moment."],
  "53300": ["it takes no more connections", "Raise max_connections, or run fewer replicas."],
};

/** The driver's own have no code. */
const sayings: readonly (readonly [saying: RegExp, what: string, fix: string])[] = [
  [/SSL connection/, "it has no TLS", "Turn on its ssl, or say sslmode=disable in FLY_TOKENS_DATABASE_URL."],
  [
    /^URI malformed/,
    "the URL is not what its driver understands",
    "Write a percent sign in FLY_TOKENS_DATABASE_URL as %25.",
  ],
];

/** Node's and OpenSSL's of a chain that leads to nobody who is trusted. */
const untrusted = /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|^CERT_/;

/** @returns in words that hold neither the URL nor the password, and what to do */
export function reasonOf(cause: unknown): readonly [what: string, fix: string] {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "it does not answer";
  const known = reasons[code];
  if (known) return known;
  if (untrusted.test(code))
    return [`its certificate is not trusted (${code})`, "Name its authority's with sslrootcert=PATH."];
  const message = cause instanceof Error ? cause.message : "";
  const [, what = code, fix = "Start PostgreSQL, or correct FLY_TOKENS_DATABASE_URL."] =
    sayings.find(([saying]) => saying.test(message)) ?? [];
  return [what, fix];
}

/** @param cause what connecting or migrating threw */
export function unusable(cause: unknown): Problem {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const [what, fix] = reasonOf(cause);
  return new Problem(
    "not_configured",
    `The database in FLY_TOKENS_DATABASE_URL cannot be used: ${what}.`,
    fix,
    // What a server says of a log-in is its own choice of words.
    { cause: /^28/.test(code) ? Object.assign(new Error(what), { code }) : cause },
  );
}

export function standby(): Problem {
  return new Problem(
    "not_configured",
    "The database in FLY_TOKENS_DATABASE_URL is a standby: it takes no writes, and hears of revocations too late.",
    "Name the primary in FLY_TOKENS_DATABASE_URL.",
  );
}
