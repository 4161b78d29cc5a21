/** What people ask of JFrog Fly's agents, through the tools. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeEnvironment } from "../../../tools/describe-environment.ts";
import { generateToken } from "../../../tools/generate-token.ts";
import { getStatus } from "../../../tools/get-status.ts";
import { listTokens } from "../../../tools/list-tokens.ts";
import { revokeToken } from "../../../tools/revoke-token.ts";
import { answerOf, expectRefusal } from "../../support/answers.ts";
import { type JfrogMachine, openJfrogMachine } from "../../support/jfrog.ts";

let here: JfrogMachine;
beforeEach(async () => {
  here = await openJfrogMachine({ env: { FLY_TOKENS_CONFIRM: "never" } });
});
afterEach(() => here[Symbol.asyncDispose]());

test("a deployment token for production, and a read-only one for staging", async () => {
  const production = answerOf(
    generateToken,
    await here.call("generate_token", {
      name: "deploy",
      environment: "production",
      permission: "read_write",
    }),
  );
  expect(production.token).toMatchObject({
    environment: "production",
    permission: "read_write",
    username: "bob@example.com",
  });
  expect(production.credential).toMatchObject({ token: here.fake.tokens.at(-1)?.value });
  await here.call("generate_token", { name: "pull", environment: "staging" });

  const result = await here.call("describe_environment");
  const described = answerOf(describeEnvironment, result);
  expect(described.environments).toEqual([
    { name: "production", description: "", tokens: 1 },
    { name: "staging", description: "", tokens: 1 },
  ]);
  expect(described.elsewhere).toContain("Fly Web");
  expect(result.text).toContain("production: 1 active token");
  expect(result.text).toContain("Fly Web");

  const listed = answerOf(listTokens, await here.call("list_tokens", { environment: "production" }));
  expect(listed.tokens).toMatchObject([{ id: production.token.id, name: "deploy" }]);
  const { outcomes } = answerOf(revokeToken, await here.call("revoke_token", { ids: [production.token.id] }));
  expect(outcomes).toMatchObject([{ name: "deploy", outcome: "revoked" }]);
  const again = answerOf(revokeToken, await here.call("revoke_token", { ids: [production.token.id] }));
  expect(again.outcomes).toMatchObject([{ outcome: "already_revoked" }]);
});

test("an environment is not made: it comes with its first token", async () => {
  expectRefusal(await here.call("create_environment", { name: "production" }), "unsupported");
  const refused = await here.call("create_environment", { name: "production" });
  expect(refused.error.fix).toBe("Generate one with generate_token, environment production.");
});

test("what was revoked cannot be deleted, and who can is said", async () => {
  expectRefusal(await here.call("delete_token", { ids: [crypto.randomUUID()] }), "unsupported");
});

test("npm is set up with the address as documented", async () => {
  const { token, changes } = await here.setUp({ manager: "npm", environment: "staging", verify: false });
  expect(token?.permission).toBe("read_only");
  const listed = answerOf(listTokens, await here.call("list_tokens", { environment: "staging" }));
  expect(listed.tokens).toMatchObject([{ id: token?.id, environment: "staging" }]);
  expect(changes.map(({ path }) => path)).toEqual([here.at(".npmrc")]);
  const { host, url } = here.fake;
  expect(await here.read(".npmrc")).toBe(
    `registry=${url}/artifactory/api/npm/npm/\n//${host}/artifactory/api/npm/npm/:_authToken=${here.fake.tokens.at(-1)?.value}\n`,
  );
});

test("npm and pip are verified with a real request", async () => {
  for (const manager of ["npm", "pip"]) {
    const { verified } = await here.setUp({ manager });
    expect(verified).toMatchObject({ ok: true });
  }
  expect(await here.read(".config/pip/pip.conf")).toContain("/artifactory/api/pypi/pypi/simple");
});

test("get_status names the repositories", async () => {
  const result = await here.call("get_status");
  const { providers } = answerOf(getStatus, result);
  expect(providers.find(({ id }) => id === "jfrog")).toMatchObject({
    configured: true,
    url: here.fake.url,
    identity: "bob@example.com",
    role: "developer",
    facts: [expect.stringContaining("helm=helmoci")],
  });
  expect(result.text).toContain("FLY_TOKENS_JFROG_REPOSITORIES");
});
