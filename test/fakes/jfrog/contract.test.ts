/** The fake watches its callers: what departs from openapi/jfrog-access.yaml is noted, whatever is answered. */
import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { ask, tokens } from "./ask.ts";
import { startFakeJfrog } from "./fake.ts";

const login = "/access/api/v2/authentication/jfrog_client_login/request";

it.each<[string, string, unknown, string]>([
  ["an unknown field", `POST ${tokens}`, { name: "ci" }, "body.name is unknown"],
  ["a type", `POST ${tokens}`, { expires_in: "60" }, "body.expires_in is no integer"],
  ["a range", `POST ${tokens}`, { expires_in: -1 }, "body.expires_in is below 0"],
  ["a scope", `POST ${tokens}`, { scope: "x".repeat(501) }, "body.scope is longer than 500 characters"],
  ["a description", `POST ${tokens}`, { description: "é".repeat(1025) }, "longer than 1024"],
  ["a value", `POST ${tokens}`, { grant_type: "password" }, "none of client_credentials, refresh_token"],
  ["no body", `POST ${tokens}`, undefined, "has no body"],
  ["a body", `DELETE ${tokens}/me`, {}, "has a body"],
  ["a filter", `GET ${tokens}?offset=2`, undefined, "?offset is unknown"],
  ["a filter's value", `GET ${tokens}?order_by=name`, undefined, "?order_by is none of"],
  ["a flag's value", `GET ${tokens}?refreshable=yes`, undefined, "?refreshable is no boolean"],
  ["a wildcard", `GET ${tokens}?description=*x`, undefined, "?description is not of the form"],
  ["a path", `GET ${tokens}/me/scopes`, undefined, "is not in the contract"],
  ["a method", `PATCH ${tokens}/me`, undefined, "is not in the contract"],
  ["a session", `POST ${login}`, { session: "1" }, "body.session is no uuid"],
  ["a needless credential", `POST ${login}`, { session: randomUUID() }, "credential that is not asked for"],
])("notes %s", async (_, request, body, expected) => {
  await using fake = await startFakeJfrog();
  await ask(fake, fake.developer.token, request, body);
  expect(fake.violations).toContainEqual(expect.stringContaining(expected));
});

it("remembers what was asked by its operation", async () => {
  await using fake = await startFakeJfrog();
  await ask(fake, fake.developer.token, `GET ${tokens}?description=fly*`);
  await ask(fake, fake.developer.token, "GET /artifactory/api/npm/npm/-/whoami");
  expect(fake.requests).toEqual([
    {
      operation: "listTokens",
      method: "GET",
      path: tokens,
      query: { description: "fly*" },
      body: undefined,
      scheme: "Bearer",
    },
  ]);
  expect(fake.received).toHaveLength(2);
});
