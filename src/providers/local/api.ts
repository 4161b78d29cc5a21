/** The registry's API (openapi/fly.yaml) with its types, and its refusals as problems. */
import createClient from "openapi-fetch";
import { Problem } from "../../problem.ts";
import { refusal } from "../http.ts";
import type { paths } from "./api.generated.ts";
import type { Link } from "./link.ts";

export interface Api extends ReturnType<typeof createClient<paths>> {
  /** For a POST that can be sent twice: `{ fetch: api.repeatedly }`. */
  repeatedly(request: Request): Promise<Response>;
}

/** @param url the registry's, without a slash at its end */
export function openApi(url: string, link: Link): Api {
  const client = createClient<paths>({
    baseUrl: `${url}/fly/api/v1`,
    fetch: (request) => link.request(request),
  });
  return { ...client, repeatedly: (request) => link.request(request, { repeatable: true }) };
}

const fixes = {
  unauthorized: "Set FLY_TOKENS_LOCAL_KEY to a key that is valid at this registry.",
  forbidden: "Ask an admin of this registry.",
  not_found: "list_tokens shows the tokens that there are, describe_environment the environments.",
  conflict: "Look at what is there with list_tokens or describe_environment.",
  invalid_input: "Correct that argument, or leave it out, and call again.",
  rate_limited: "Wait, then try again.",
} as const;

/** The data of a successful answer. @throws Problem */
export async function answer<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await call.catch(notJson);
  if (response.ok) return data as Data;
  const said = (error as { error?: { message?: unknown } } | undefined)?.error?.message;
  throw refusal(response, typeof said === "string" ? said : undefined, fixes);
}

function notJson(cause: unknown): never {
  if (!(cause instanceof SyntaxError)) throw cause;
  throw new Problem(
    "provider_down",
    "The registry's answer is not JSON.",
    "See whether a proxy stands between here and FLY_TOKENS_LOCAL_URL.",
    { cause },
  );
}

/** The members that have a value. */
export function defined<Members extends object>(
  members: Members,
): { [Key in keyof Members]: Exclude<Members[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
