/** Why a database cannot be used at the start, in words that hold neither the URL nor the password. */
import { Problem } from "../../../problem.ts";

/** By PostgreSQL's and Node's error codes: what is wrong, and what to do. */
const reasons: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ECONNREFUSED: ["nothing listens there", "Start PostgreSQL, or correct FLY_TOKENS_DATABASE_URL."],
  ENOENT: ["there is no such socket", "Start PostgreSQL, or correct FLY_TOKENS_DATABASE_URL."],
  ENOTFOUND: ["its host name is not known", "Correct the host in FLY_TOKENS_DATABASE_URL."],
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

/** @param cause what connecting or migrating threw */
export function unusable(cause: unknown): Problem {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "it does not answer";
  const [what, fix] = reasons[code] ?? [code, "Start PostgreSQL, or correct FLY_TOKENS_DATABASE_URL."];
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
