/** The login in the browser, with its pairing code. */
import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { ask, tokens } from "./ask.ts";
import { startFakeJfrog } from "./fake.ts";

const base = "/access/api/v2/authentication/jfrog_client_login";

it("gives the token of whoever enters the right code, once", async () => {
  await using fake = await startFakeJfrog();
  const session = randomUUID();
  const poll = () => ask(fake, "", `GET ${base}/token/${session}`);
  expect((await poll()).status).toBe(400);
  expect(fake.approve(session)).toBe(false);
  expect((await ask(fake, "", `POST ${base}/request`, { session })).status).toBe(200);
  expect((await poll()).status).toBe(400);
  expect(fake.approve(session, fake.admin.username, "zzzz")).toBe(false);
  expect((await poll()).status).toBe(400);
  expect(fake.approve(session, fake.admin.username)).toBe(true);
  const { body } = await poll();
  const { access_token: token } = body as { access_token: string };
  expect(body).toMatchObject({ refresh_token: expect.any(String), token_type: "Bearer" });
  expect((await ask(fake, token, `GET ${tokens}/me`)).body).toMatchObject({ description: "Web login" });
  expect((await poll()).status).toBe(400);
  expect(fake.violations).toEqual([]);
});

it("a person can do it on a page; an old version has none of it", async () => {
  await using fake = await startFakeJfrog();
  const session = randomUUID();
  await ask(fake, "", `POST ${base}/request`, { session });
  const page = `GET /ui/login?jfClientSession=${session}&jfClientName=fly&jfClientCode=1`;
  expect((await ask(fake, "", page)).body).toContain(`value="${session}"`);
  await ask(fake, "", `${page}&user=bob@example.com&code=${session.slice(-4)}`);
  expect((await ask(fake, "", `GET ${base}/token/${session}`)).status).toBe(200);
  fake.settings.version = "7.63.9";
  expect((await ask(fake, "", `POST ${base}/request`, { session })).status).toBe(404);
});
