/** A created token whose answer was lost is found again by its mark: never two. */
import { describe, expect, test } from "vitest";
import type { Fault } from "../../fakes/jfrog/faults.ts";
import { rejection } from "../server.ts";
import { hour, issue, later, type Stage, stage } from "./open.ts";

const made = ({ fake }: Stage) => fake.tokens.slice(2);
const active = (opened: Stage) => made(opened).filter(({ revokedAt }) => revokedAt === undefined);

/** After these a token is there, and nobody has its value. */
const losses: Fault[] = [{ kind: "502-after-commit" }, { kind: "cut-after-commit" }];
/** After these there is none, but that cannot be told. */
const failures: Fault[] = [{ kind: "502-before-commit" }, { kind: "cut-before-commit" }, { kind: "500" }];

describe.each([{}, { idempotency_key: "k" }])("when the answer to a create is lost, %j", (part) => {
  test.each(losses)("by $kind, what was made is revoked, and another one is made", async (fault) => {
    await using opened = await stage();
    opened.fake.faults.next("createToken", fault);
    const { token, secret } = await issue(opened, part);
    expect(secret?.reveal()).toBe(opened.fake.token(token.id).value);
    expect(active(opened).map(({ id }) => id)).toEqual([token.id]);
    expect(made(opened).length).toBe(2);
  });

  test.each(failures)("by $kind, another one is made", async (fault) => {
    await using opened = await stage();
    opened.fake.faults.next("createToken", fault);
    const { token } = await issue(opened, part);
    expect(made(opened).map(({ id }) => id)).toEqual([token.id]);
  });

  test.each([...losses, ...failures])(
    "by $kind again and again, nothing is left, and it is said",
    async (fault) => {
      await using opened = await stage();
      opened.fake.faults.always("createToken", fault);
      expect(await rejection(issue(opened, part))).toMatchObject({
        code: "provider_down",
        message: expect.stringContaining("No token of this call is left."),
      });
      expect(active(opened)).toEqual([]);
    },
  );

  test("and the platform cannot be asked then, it is said what may be left", async () => {
    await using opened = await stage();
    opened.fake.faults.next("createToken", { kind: "cut-after-commit" });
    opened.fake.faults.always("listTokens", { kind: "500" });
    expect(await rejection(issue(opened, { ...part, name: "left" }))).toMatchObject({
      message: expect.stringMatching(part.idempotency_key ? /Internal/ : /is not known/),
    });
  });
});

test("and nobody waited for it any longer, no other is made: it may still be", async () => {
  await using opened = await stage();
  const slow: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.method === "POST") throw new DOMException("Too slow.", "TimeoutError");
    return fetch(request);
  };
  const error = await rejection(issue(opened, { name: "late" }, opened.open({}, { fetch: slow })));
  expect(error).toMatchObject({
    code: "provider_down",
    message: expect.stringContaining("may still be made"),
    fix: expect.stringContaining("late"),
  });
  expect(made(opened)).toEqual([]);
});

test("a life too short for the platform's list: it may have been made, and no second one is", async () => {
  await using opened = await stage({ version: "7.50.2" });
  opened.fake.faults.next("createToken", { kind: "cut-after-commit" });
  expect(await rejection(issue(opened, { expires_at: later(opened.now(), hour) }))).toMatchObject({
    code: "provider_down",
    message: expect.stringContaining("not to be found"),
  });
  expect(made(opened).length).toBe(1);
});

test("a short life that the platform lists all the same is found, revoked and made anew", async () => {
  await using opened = await stage();
  opened.fake.faults.next("createToken", { kind: "cut-after-commit" });
  const { token } = await issue(opened, { expires_at: later(opened.now(), hour) });
  expect(active(opened).map(({ id }) => id)).toEqual([token.id]);
});

describe("an idempotency key", () => {
  test("makes one token, also from another process and without our journal", async () => {
    await using opened = await stage();
    const part = { idempotency_key: "k" };
    const first = await issue(opened, part);
    const second = await issue(opened, part, opened.open({ FLY_TOKENS_HOME: opened.home.at("other") }));
    expect(second).toEqual({ token: first.token });
    expect(made(opened).length).toBe(1);
  });

  test("is looked for by the beginning of the description alone", async () => {
    await using opened = await stage();
    await issue(opened, { idempotency_key: "k" });
    const queries = opened.fake.requests.filter(({ operation }) => operation === "listTokens");
    for (const { query } of queries)
      expect(query).toEqual({ description: expect.stringMatching(/^fly-tokens k[0-9a-f]{12}\*$/) });
    expect(queries.length).toBeGreaterThan(0);
  });

  test("of two processes at once leaves one token", async () => {
    await using opened = await stage();
    const part = { idempotency_key: "k" };
    const grants = await Promise.all([0, 1, 2].map(() => issue(opened, part, opened.open())));
    expect(new Set(grants.map(({ token }) => token.id)).size).toBe(1);
    expect(grants.filter(({ secret }) => secret).length).toBeLessThanOrEqual(1);
    expect(active(opened).length).toBe(1);
  });

  test("is one's own: an admin, who sees the tokens of others, gets another one, and ends none of theirs", async () => {
    await using opened = await stage();
    const part = { idempotency_key: "k" };
    const { token } = await issue(opened, part);
    const admin = opened.open({ JFROG_ACCESS_TOKEN: opened.fake.admin.token });
    opened.fake.faults.next("createToken", { kind: "cut-after-commit" });
    const grant = await issue(opened, part, admin);
    expect(grant.token.username).toBe("alice@example.com");
    expect(grant.secret).toBeDefined();
    expect(new Set(active(opened).map(({ id }) => id))).toEqual(new Set([token.id, grant.token.id]));
    expect(
      (await issue(opened, { ...part, name: "other" }, opened.open()).catch((error) => error)).code,
    ).toBe("conflict");
    expect((await issue(opened, part, admin)).token.id).toBe(grant.token.id);
  });

  test("makes a new one when the first was revoked", async () => {
    await using opened = await stage();
    const first = await issue(opened, { idempotency_key: "k" });
    await opened.provider.tokens.revoke(first.token.id);
    expect((await issue(opened, { idempotency_key: "k" })).token.id).not.toBe(first.token.id);
  });
});

test("what cannot be written down is not made: it is revoked", async () => {
  await using opened = await stage();
  await opened.home.write("state/jfrog.jsonl/in-the-way", "");
  expect(await rejection(issue(opened))).toMatchObject({
    code: "file_unwritable",
    message: expect.stringContaining("The new token was revoked."),
  });
  expect(active(opened)).toEqual([]);
});
