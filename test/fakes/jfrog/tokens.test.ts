/** The life of a token at the fake: who may make it, what is remembered of it, how it ends. */
import { afterEach, describe, expect, it } from "vitest";
import { ask, basic, clock, tokens } from "./ask.ts";
import { type FakeJfrog, type FakeOptions, startFakeJfrog } from "./fake.ts";

const hour = 3600;
const fakes: FakeJfrog[] = [];

async function start(options: FakeOptions = {}): Promise<FakeJfrog> {
  const fake = await startFakeJfrog(options);
  fakes.push(fake);
  return fake;
}

afterEach(async () => {
  const violations = fakes.flatMap((fake) => fake.violations);
  for (const fake of fakes.splice(0)) await fake[Symbol.asyncDispose]();
  expect(violations).toEqual([]);
});

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
    expect(await afterlife(await start(), body)).toEqual(expected);
  });

  it("an old version ignores force_revocable, and cannot do without an end", async () => {
    const fake = await start({ version: "7.42.0" });
    expect(await afterlife(fake, { expires_in: hour, force_revocable: true })).toEqual(unknown);
    const { body } = await ask(fake, fake.admin.token, `POST ${tokens}`, { expires_in: 0 });
    expect(body).toMatchObject({ expires_in: 31_536_000 });
  });

  it("says why it cannot be revoked, with one error and no list", async () => {
    const fake = await start(clock());
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
    const fake = await start();
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
    const fake = await start({ maxExpiry: 7 * hour });
    const asked = { expires_in: hour, ...body };
    const { developer, admin } = fake;
    const reply = await ask(fake, developer.token, `POST ${tokens}`, asked);
    expect(reply.status).toBe(status);
    if (status === 403)
      expect((await ask(fake, admin.token, `POST ${tokens}`, { username: own, ...asked })).status).toBe(200);
  });

  it("the refusal names the limit; a narrow token mints nothing wider than itself", async () => {
    const fake = await start({ maxExpiry: 7 * hour });
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

describe("what is seen", () => {
  it("an admin sees all and a developer their own, in the order asked for, without a status", async () => {
    const fake = await start(clock());
    const [first, second] = [
      fake.addToken({ description: "fly: staging", life: 9 * hour }),
      fake.addToken({ description: "fly: production", life: 8 * hour, refreshable: true }),
    ];
    fake.addToken({ description: "fly: of alice", username: fake.admin.username });
    const ids = async (token: string, query: string) => {
      const { body } = await ask(fake, token, `GET ${tokens}?${query}`);
      return (body as { tokens: { token_id: string }[] }).tokens.map((one) => one.token_id);
    };
    expect(await ids(fake.admin.token, "description=fly:*")).toHaveLength(3);
    expect(await ids(fake.developer.token, "description=fly:*")).toEqual([first.id, second.id]);
    expect(await ids(fake.developer.token, "description=fly:*&order_by=expiry")).toEqual([
      second.id,
      first.id,
    ]);
    expect(await ids(fake.developer.token, "refreshable=true")).toEqual([second.id]);
    expect(await ids(fake.developer.token, "username=alice@example.com")).toEqual([]);
    const { body } = await ask(fake, fake.developer.token, `GET ${tokens}/${first.id}`);
    expect(body).toEqual({
      token_id: first.id,
      subject: expect.stringMatching(/^jfac@\w+\/users\/bob@example\.com$/),
      expiry: 1_772_391_600,
      issued_at: 1_772_359_200,
      issuer: expect.stringMatching(/^jfac@\w+$/),
      description: "fly: staging",
      refreshable: false,
    });
    expect((await ask(fake, fake.developer.token, `GET ${tokens}/${fake.admin.record.id}`)).status).toBe(403);
  });

  it("the last use shows after six hours, not to the minute, in new versions", async () => {
    const time = clock("2026-03-01T10:30:00Z");
    const fake = await start(time);
    time.forward(6);
    const show = async () =>
      (await ask(fake, fake.developer.token, `GET ${tokens}/me`)).body as { last_used?: number };
    expect((await show()).last_used).toBe(Date.parse("2026-03-01T16:00:00Z") / 1000);
    fake.settings.version = "7.108.2";
    expect((await show()).last_used).toBeUndefined();
  });

  it("an expired token is listed until the hour is full; its holder hears of it in two ways", async () => {
    const time = clock("2026-03-01T10:30:00Z");
    const fake = await start(time);
    const { id, value } = fake.addToken({ life: 9 * hour });
    time.forward(9);
    const message = async (path: string) =>
      ((await ask(fake, value, `GET ${path}`)).body as { errors: { message: string }[] }).errors[0]?.message;
    expect(await message(`${tokens}/me`)).toBe("Invalid token, expired");
    expect(await message("/artifactory/api/system/version")).toBe("Token failed verification: expired");
    expect((await ask(fake, fake.admin.token, `GET ${tokens}/${id}`)).status).toBe(200);
    time.forward(0.5);
    expect((await ask(fake, fake.admin.token, `GET ${tokens}/${id}`)).status).toBe(404);
  });

  it("a reference token works as the token does, and ends with it", async () => {
    const fake = await start();
    const { body } = await ask(fake, fake.developer.token, `POST ${tokens}`, {
      include_reference_token: true,
    });
    const { reference_token: reference } = body as { reference_token: string };
    expect(reference).toMatch(/^cmVmd[A-Za-z0-9]{59}$/);
    expect((await ask(fake, reference, `DELETE ${tokens}/me`)).status).toBe(200);
    expect((await ask(fake, reference, `GET ${tokens}/me`)).status).toBe(401);
  });

  it("to an old version, me and revoke are ids that nobody has", async () => {
    const fake = await start({ version: "7.50.0" });
    expect((await ask(fake, fake.developer.token, `GET ${tokens}/me`)).status).toBe(404);
    expect((await ask(fake, fake.developer.token, `DELETE ${tokens}/me`)).status).toBe(204);
    const body = { token: fake.developer.token };
    expect((await ask(fake, fake.admin.token, `DELETE ${tokens}/revoke`, body)).status).toBe(204);
    fake.settings.version = "7.68.0";
    const { id } = fake.developer.record;
    expect((await ask(fake, fake.admin.token, `DELETE ${tokens}/revoke`, body)).body).toEqual({
      "revoked-token-id": id,
    });
  });
});

it("refreshes a token within a day of its end, once", async () => {
  const time = clock();
  const fake = await start(time);
  const old = fake.addToken({ life: hour, refreshable: true });
  const body = { grant_type: "refresh_token", refresh_token: old.refreshToken };
  time.forward(24);
  const { body: fresh } = await ask(fake, old.value, `POST ${tokens}`, body);
  expect(fresh).toMatchObject({ expires_in: hour, refresh_token: expect.any(String) });
  expect((await ask(fake, fake.developer.token, `POST ${tokens}`, body)).status).toBe(400);
});

it("takes no password, no changed token and none of another instance", async () => {
  const [fake, other] = [await start(), await start()];
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
