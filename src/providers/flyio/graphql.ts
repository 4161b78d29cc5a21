/** Fly.io's GraphQL API, asked with the configured credential. */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import { checkAddress } from "../address.ts";
import { type SendOptions, send } from "../http.ts";
import { graphqlData } from "./answers.ts";
import type { Document } from "./api.generated.ts";
import { authorizationOf } from "./authorization.ts";
import type { Credentials } from "./credential.ts";
import { whyRefused } from "./weakness.ts";

/**
 * Carries out an operation. A query is sent again where that may help, a mutation only if it says that it is repeatable.
 * @throws Problem
 */
export type Ask = <Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables,
  options?: SendOptions,
) => Promise<Result>;

export function askGraphql(
  config: Config,
  { fetch, now }: Pick<Seams, "fetch" | "now">,
  credentials: Credentials,
): Ask {
  return async (document, variables, options = {}) => {
    const url = checkAddress(config.fly_api_base_url, "FLY_API_BASE_URL");
    const credential = await credentials.get();
    const [, kind, operationName] = /^(\w+) (\w+)/.exec(document) ?? [];
    const request = new Request(`${url.href.replace(/\/$/, "")}/graphql`, {
      method: "POST",
      headers: {
        authorization: authorizationOf(credential.bag, "graphql"),
        "content-type": "application/json",
        accept: "application/json",
      },
      body: JSON.stringify({ query: document, variables, operationName }),
    });
    try {
      return await graphqlData(await send(request, fetch, { repeatable: kind === "query", ...options }));
    } catch (error) {
      throw error instanceof Problem && error.code === "unauthorized"
        ? whyRefused(error, credential, now())
        : error;
    }
  };
}
