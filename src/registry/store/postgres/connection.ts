/** How PostgreSQL is reached, by the setting. */
import type { ClientConfig } from "pg";
import { Problem } from "../../../problem.ts";
import type { Secret } from "../../../secret.ts";

/** Milliseconds. */
const patience = { connect: 5_000, statement: 15_000 };

export interface Connection {
  config: ClientConfig;
  /** Of our tables. */
  schema: string;
}

/**
 * @param url `postgres://…`, as libpq understands it; `?schema=` names the schema of our tables, by default `fly_tokens`
 * @throws Problem `not_configured`
 */
export function connectionTo(url: Secret): Connection {
  const parsed = parse(url);
  const schema = parsed.searchParams.get("schema") ?? "fly_tokens";
  // What the URL names wins in the driver, so the two that we need are taken out of it.
  const theirs = parsed.searchParams.get("options");
  for (const name of ["schema", "options"]) parsed.searchParams.delete(name);
  // PostgreSQL keeps the names that begin with pg_ to itself, and its catalogue in that one.
  if (!/^(?!pg_|information_schema$)[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw new Problem(
      "not_configured",
      "`schema` in FLY_TOKENS_DATABASE_URL is not the name of a schema.",
      "Use up to 63 lower-case letters, digits and underscores.",
    );
  const ours = {
    search_path: schema,
    statement_timeout: patience.statement,
    idle_in_transaction_session_timeout: patience.statement,
  };
  const options = Object.entries(ours).map(([name, value]) => `-c ${name}=${value}`);
  const config = {
    connectionString: parsed.href,
    connectionTimeoutMillis: patience.connect,
    query_timeout: patience.statement + 1_000,
    keepAlive: true,
    application_name: "fly-tokens",
    options: [...(theirs === null ? [] : [theirs]), ...options].join(" "),
  };
  return { config, schema };
}

/** @throws Problem, without what Node's own error would quote: the URL, and the password in it */
function parse(url: Secret): URL {
  if (URL.canParse(url.reveal())) return new URL(url.reveal());
  throw new Problem(
    "not_configured",
    "FLY_TOKENS_DATABASE_URL is not a URL.",
    "Write it as postgres://USER:PASSWORD@HOST/DATABASE, with %40 for an @ in the password.",
  );
}
