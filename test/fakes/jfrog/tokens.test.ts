/** The life of a token at the fake: who may make it, what is remembered of it, how it ends. */
import { describe, expect, it } from "vitest";
import { ask, basic, clock, tokens } from "./ask.ts";
import type { FakeJfrog } from "./fake.ts";
import { startWatched } from "./watched.ts";

const hour = 3600;

/** What the platform does about a token after it was minted, as statuses. */
async function afterlife(fake: FakeJfrog, body: object) {
  const minted = await ask(fake, fake.admin.token, `POST ${tokens}`, { username: "ci", ...body });
  const { token_id: id, access_token: value } = minted.body as { token_id: string; access_token: string };
  const { body: list } = await ask(fake, fake.admin.token, `GET ${tokens}?token_id=${id}`);
  return {
    listed: (list as { tokens: unknown[] }).tokens.length,
    get: (await ask(fake, fake.admin.token, `GET ${tokens}/${id}`)).status,
    revoke: (await ask(fake, fake.admin.token, `DELETE ${tokens}/${id}`)).status,
    getAgain: (await ask(fake, fake.admin.token, `GET ${tokens}/${id}`)).status,
    works: (await ask(fake, value, "GET /artifactory/api/system/version")).status,
  };
}

describe("thresholds", () => {
  const ended = { listed: 1, get: 200, revoke: 200, getAgain: 404, works: 401 };
  const stays = { listed: 1, get: 200, revoke: 400, getAgain: 200, works: 200 };
  const unknown = { listed: 0, get: 404, revoke: 204, getAgain: 404, works: 200 };

  it.each([
    ["a token that never ends is revoked", { expires_in: 0 }, ended],
    ["so is one of six hours", { expires_in: 6 * hour }, ended],
    ["one of less is kept and cannot be revoked", { expires_in: 6 * hour - 1 }, stays],
    ["one of less than three is not even known, and works on", { expires_in: 3 * hour - 1 }, unknown],
    ["unless it was forced to be revocable", { expires_in: hour, force_revocable: true }, ended],
    ["or can be refreshed, which keeps it", { expires_in: hour, refreshable: true }, stays],
  ])("%s", async (_, body, expected) => {
    expect(await afterlife(await startWatched(), body)).toEqual(expected);
  });

  it("an old version ignores force_revocable, and cannot do without an end", async () => {
    const fake = await startWatched({ version: "7.42.0" });
    expect(await afterlife(fake, { expires_in: hour, force_revocable: true })).toEqual(unknown);
    const { body } = await ask(fake, fake.admin.token, `POST ${tokens}`, { expires_in: 0 });
    expect(body).toMatchObject({ expires_in: 31_536_000 });
  });

  it("says why it cannot be revoked, with one error and no list", async () => {
    const fake = await startWatched(clock());
    const { id } = fake.addToken({ life: 4 * hour });
    const { body } = await ask(fake, fake.developer.token, `DELETE ${tokens}/${id}`);
    expect(body).toEqual({
      code: "BAD_REQUEST",
      message: "Token not revocable",
      detail:
        "Token not revocable. Token expirationTimeMillis: 1772373600000, issuedAtMillis: 1772359200000, revocableExpiryThresholdMillis: 21600000",
    });
  });

  it("another instance's token cannot be revoked here", async () => {
    const fake = await startWatched();
    const { id } = fake.addToken({ foreign: true });
    expect((await ask(fake, fake.admin.token, `DELETE ${tokens}/${id}`)).status).toBe(400);
  });
});

describe("who may mint what", () => {
  const own = "bob@example.com";
  it.each([
    ["for themselves", { username: own }, 200],
    ["for somebody else", { username: "ci" }, 403],
    ["with a group of their own", { scope: "applied-permissions/groups:readers" }, 200],
    ["with another group", { scope: "applied-permissions/groups:readers,owners" }, 403],
    ["for two repositories", { scope: "artifact:npm:r artifact:generic/app:r,w" }, 200],
    ["as an admin", { scope: "applied-permissions/admin" }, 403],
    ["with what is no scope", { scope: "artifact:npm" }, 400],
    ["for longer than an admin allows", { expires_in: 8 * hour }, 403],
    ["for ever, where an admin sets a limit", { expires_in: 0 }, 403],
  ])("a developer: %s", async (_, body, status) => {
    const fake = await startWatched({ maxExpiry: 7 * hour });
    const asked = { expires_in: hour, ...body };
    const { developer, admin } = fake;
    const reply = await ask(fake, developer.token, `POST ${tokens}`, asked);
    expect(reply.status).toBe(status);
    if (status === 403)
      expect((await ask(fake, admin.token, `POST ${tokens}`, { username: own, ...asked })).status).toBe(200);
  });

  it("the refusal names the limit; a narrow token mints nothing wider than itself", async () => {
    const fake = await startWatched({ maxExpiry: 7 * hour });
    const { body } = await ask(fake, fake.developer.token, `POST ${tokens}`, { expires_in: 8 * hour });
    expect(body).toMatchObject({
      errors: [{ code: "FORBIDDEN", message: expect.stringContaining("25200") }],
    });
    const narrow = fake.addToken({ scope: "artifact:npm:r" }).value;
    const status = async (scope: string) =>
      (await ask(fake, narrow, `POST ${tokens}`, { scope, expires_in: hour })).status;
    expect(await status("artifact:npm/acme:r")).toBe(200);
    expect(await status("artifact:npm:r,w")).toBe(403);
    expect(await status("applied-permissions/user")).toBe(403);
  });
});

it("refreshes a token within a day of its end, once", async () => {
  const time = clock();
  const fake = await startWatched(time);
  const old = fake.addToken({ life: hour, refreshable: true });
  const body = { grant_type: "refresh_token", refresh_token: old.refreshToken };
  time.forward(24);
  const { body: fresh } = await ask(fake, old.value, `POST ${tokens}`, body);
  expect(fresh).toMatchObject({ expires_in: hour, refresh_token: expect.any(String) });
  expect((await ask(fake, fake.developer.token, `POST ${tokens}`, body)).status).toBe(400);
});

it("takes no password, no changed token and none of another instance", async () => {
  const [fake, other] = [await startWatched(), await startWatched()];
  const { token, username } = fake.developer;
  const message = async (credential: string) => {
    const { body } = await ask(fake, credential, `GET ${tokens}`);
    return (body as { errors: { message: string }[] }).errors[0]?.message;
  };
  expect(await message(other.developer.token)).toBe("Invalid token, signature");
  expect(await message(`${token.slice(0, -9)}AAAAAAAAA`)).toBe("Invalid token, signature");
  expect(await message("x")).toBe("Invalid token, parse");
  expect(await message(basic(username, token))).toMatch(/^Basic/);
  expect(fake.violations.splice(0)).toEqual([`GET ${tokens} has a credential that is no bearer token`]);
});
