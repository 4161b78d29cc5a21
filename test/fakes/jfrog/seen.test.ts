/** What the fake shows of its tokens, to whom, and how long. */
import { expect, it } from "vitest";
import { ask, clock, tokens } from "./ask.ts";
import { startWatched } from "./watched.ts";

const hour = 3600;

it("an admin sees all and a developer their own, in the order asked for, without a status", async () => {
  const fake = await startWatched(clock());
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
  expect(await ids(fake.developer.token, "description=fly:*&order_by=expiry")).toEqual([second.id, first.id]);
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
  const fake = await startWatched(time);
  time.forward(6);
  const show = async () =>
    (await ask(fake, fake.developer.token, `GET ${tokens}/me`)).body as { last_used?: number };
  expect((await show()).last_used).toBe(Date.parse("2026-03-01T16:00:00Z") / 1000);
  fake.settings.version = "7.108.2";
  expect((await show()).last_used).toBeUndefined();
});

it("an expired token is listed until the hour is full; its holder hears of it in two ways", async () => {
  const time = clock("2026-03-01T10:30:00Z");
  const fake = await startWatched(time);
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
  const fake = await startWatched();
  const { body } = await ask(fake, fake.developer.token, `POST ${tokens}`, {
    include_reference_token: true,
  });
  const { reference_token: reference } = body as { reference_token: string };
  expect(reference).toMatch(/^cmVmd[A-Za-z0-9]{59}$/);
  expect((await ask(fake, reference, `DELETE ${tokens}/me`)).status).toBe(200);
  expect((await ask(fake, reference, `GET ${tokens}/me`)).status).toBe(401);
});

it("to an old version, me and revoke are ids that nobody has", async () => {
  const fake = await startWatched({ version: "7.50.0" });
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
