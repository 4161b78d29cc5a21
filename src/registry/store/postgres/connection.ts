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
  const parsed = new URL(url.reveal());
  const schema = parsed.searchParams.get("schema") ?? "fly_tokens";
  parsed.searchParams.delete("schema");
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw new Problem(
      "not_configured",
      "`schema` in FLY_TOKENS_DATABASE_URL is not the name of a schema.",
      "Use up to 63 lower-case letters, digits and underscores.",
    );
  const config = {
    connectionString: parsed.href,
    connectionTimeoutMillis: patience.connect,
    query_timeout: patience.statement + 1_000,
    keepAlive: true,
    application_name: "fly-tokens",
    options: `-c search_path=${schema} -c statement_timeout=${patience.statement} -c idle_in_transaction_session_timeout=${patience.statement}`,
  };
  return { config, schema };
}
