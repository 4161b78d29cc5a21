/** A client of the fake for its own tests: nothing but fetch. */
import type { FakeFlyio } from "./fake.ts";

export interface GraphqlAnswer {
  // The shape is the query's; a test looks at what it expects there.
  data: Record<string, never> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export async function graphql(
  fake: FakeFlyio,
  authorization: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<GraphqlAnswer> {
  const response = await postGraphql(fake, authorization, query, variables);
  return (await response.json()) as GraphqlAnswer;
}

export function postGraphql(
  fake: FakeFlyio,
  authorization: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Response> {
  return fetch(`${fake.url}/graphql`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
}

export async function rest(
  fake: FakeFlyio,
  authorization: string,
  request: string,
  body?: unknown,
): Promise<{ status: number; body: never }> {
  const [method = "GET", path = "/"] = request.split(" ");
  const response = await fetch(`${fake.url}${path}`, {
    method,
    headers: authorization ? { authorization } : {},
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as never };
}

export const create = `mutation Create($input: CreateLimitedAccessTokenInput!) {
  createLimitedAccessToken(input: $input) { limitedAccessToken { id name profile expiresAt tokenHeader user { email } } }
}`;

export const revoke = `mutation Revoke($input: DeleteLimitedAccessTokenInput!) {
  deleteLimitedAccessToken(input: $input) { revokedBy }
}`;
