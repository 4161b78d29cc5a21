/** The fake's faults: each strikes where it is told to, once, and leaves behind what it should. */
import { expect, it } from "vitest";
import { create, graphql, postGraphql, rest } from "./ask.ts";
import { type FakeFlyio, startFakeFlyio } from "./fake.ts";

const user = (fake: FakeFlyio) => `Bearer ${fake.users[0]?.token}`;

function mint(fake: FakeFlyio): Promise<Response> {
  const input = { name: "ci", organizationId: fake.org("acme").id, profile: "deploy_organization" };
  return postGraphql(fake, user(fake), create, { input });
}

it("loses an answer before or after the work, by a 502 or by the connection's end", async () => {
  await using fake = await startFakeFlyio();
  fake.faults.next("createLimitedAccessToken", { kind: "502-before-commit" });
  expect((await mint(fake)).status).toBe(502);
  expect(fake.tokens).toHaveLength(0);
  fake.faults.next("createLimitedAccessToken", { kind: "502-after-commit" });
  expect((await mint(fake)).status).toBe(502);
  expect(fake.tokens).toHaveLength(1);
  fake.faults.next("createLimitedAccessToken", { kind: "cut-after-commit" });
  await expect(mint(fake)).rejects.toThrow("fetch failed");
  expect(fake.tokens).toHaveLength(2);
  expect((await mint(fake)).status).toBe(200);
});

it("strikes a macaroon alone, and waits for it", async () => {
  await using fake = await startFakeFlyio();
  const { header } = fake.addToken();
  fake.faults.next("organizations", { kind: "unauthorized-macaroon" });
  const query = "{ organizations { nodes { slug } } }";
  expect((await graphql(fake, user(fake), query)).errors).toBeUndefined();
  expect((await graphql(fake, header, query)).errors?.[0]?.extensions?.code).toBe("UNAUTHORIZED");
  expect((await graphql(fake, header, query)).data).toEqual({ organizations: { nodes: [{ slug: "acme" }] } });
});

it("puts nulls into lists, gives errors with HTTP 200, a gateway's page, a time to wait", async () => {
  await using fake = await startFakeFlyio();
  const query = "{ apps { nodes { name } totalCount } }";
  fake.faults.next("apps", { kind: "null-nodes" });
  expect((await graphql(fake, user(fake), query)).data).toEqual({
    apps: { nodes: [null, { name: "web" }, { name: "api" }, null], totalCount: 2 },
  });
  fake.faults.next("*", { kind: "graphql-error", message: "Something went wrong" });
  expect(await graphql(fake, user(fake), query)).toEqual({
    data: null,
    errors: [{ message: "Something went wrong" }],
  });
  fake.faults.next("/graphql", { kind: "gateway-403" });
  const page = await postGraphql(fake, user(fake), query);
  expect([page.status, page.headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
  fake.faults.next("/graphql", { kind: "429", retryAfter: 7 });
  expect((await postGraphql(fake, user(fake), query)).headers.get("retry-after")).toBe("7");
});

it("keeps a caller waiting", async () => {
  await using fake = await startFakeFlyio();
  fake.faults.always("/v1/tokens/current", { kind: "slow", milliseconds: 60_000 });
  const signal = AbortSignal.timeout(50);
  await expect(fetch(`${fake.url}/v1/tokens/current`, { signal })).rejects.toThrow("aborted");
  fake.faults.clear();
  expect((await rest(fake, "", "GET /v1/tokens/current")).status).toBe(401);
});
