/** Reference, section 3.4 (revoke) and 3.5 (thresholds). */
import { describe, expect, test } from "vitest";
import { rejection } from "../server.ts";
import { day, hour, issue, later, stage } from "./open.ts";

const deletes = ({ fake }: { fake: { requests: readonly { operation: string }[] } }) =>
  fake.requests.filter(({ operation }) => operation === "revokeToken").length;

describe("DELETE answers", () => {
  test("200: it is revoked, and remembered, also by the next process", async () => {
    await using opened = await stage();
    const { token } = await issue(opened);
    expect(await opened.provider.tokens.revoke(token.id)).toBe("revoked");
    expect(opened.fake.token(token.id).revokedAt).toBeDefined();
    const next = opened.open();
    expect(await next.tokens.get(token.id)).toEqual({ ...token, status: "revoked" });
    expect((await next.tokens.list({ limit: 50, status: "revoked" })).items).toEqual([
      { ...token, status: "revoked" },
    ]);
    expect(await next.tokens.revoke(token.id)).toBe("already_revoked");
    expect(deletes(opened)).toBe(1);
  });

  test("204 for one that was there, and is gone: that is what was asked for", async () => {
    await using opened = await stage();
    const { token } = await issue(opened);
    // The first answer is lost, and the request is sent again.
    opened.fake.faults.next("revokeToken", { kind: "cut-after-commit" });
    expect(await opened.provider.tokens.revoke(token.id)).toBe("revoked");
    expect(deletes(opened)).toBe(2);
  });

  test("204 for one that is still there is no success", async () => {
    await using opened = await stage();
    const { token } = await issue(opened);
    opened.fake.faults.next("revokeToken", { kind: "answer", status: 204 });
    expect(await rejection(opened.provider.tokens.revoke(token.id))).toMatchObject({
      message: expect.stringContaining("still there"),
    });
    expect((await opened.provider.tokens.get(token.id)).status).toBe("active");
  });

  test("nothing for one that the platform does not have: our journal says what it was", async () => {
    await using opened = await stage();
    const { token } = await issue(opened);
    await opened.provider.tokens.revoke(token.id);
    expect(await opened.provider.tokens.revoke(token.id)).toBe("already_revoked");
    expect(await rejection(opened.provider.tokens.revoke(crypto.randomUUID()))).toMatchObject({
      code: "not_found",
    });
  });

  test.each([[{ kind: "500" }], [{ kind: "gateway-403" }], [{ kind: "429", retryAfter: 60 }]] as const)(
    "200 for one that was made here, though it cannot be looked up: %j",
    async (fault) => {
      await using opened = await stage();
      const { token } = await issue(opened);
      opened.fake.faults.always("getToken", fault);
      expect(await opened.provider.tokens.revoke(token.id)).toBe("revoked");
      expect(opened.fake.token(token.id).revokedAt).toBeDefined();
      const { id } = opened.fake.addToken();
      await rejection(opened.provider.tokens.revoke(id));
      expect(deletes(opened)).toBe(1);
    },
  );

  test("204 for one that could not be looked up before, and lives too short to be stored, is no success", async () => {
    await using opened = await stage({ version: "7.50.2" });
    const { token } = await issue(opened, { expires_at: later(opened.now(), hour) });
    opened.fake.faults.next("getToken", { kind: "500" });
    expect(await rejection(opened.provider.tokens.revoke(token.id))).toMatchObject({ code: "unsupported" });
    expect((await opened.provider.tokens.get(token.id)).status).toBe("active");
  });

  test("400: another instance issued it", async () => {
    await using opened = await stage();
    const { id } = opened.fake.addToken({ foreign: true });
    expect(await rejection(opened.provider.tokens.revoke(id))).toMatchObject({
      code: "conflict",
      fix: expect.stringContaining("instance"),
    });
  });

  test("401: the credential is no good any more", async () => {
    await using opened = await stage();
    const { token } = await issue(opened);
    opened.fake.developer.record.revokedAt = 1;
    expect(await rejection(opened.provider.tokens.revoke(token.id))).toMatchObject({ code: "unauthorized" });
  });

  test("403: it is quoted", async () => {
    await using opened = await stage();
    const { token } = await issue(opened);
    const body = { errors: [{ code: "FORBIDDEN", message: "no\u202e way" }] };
    opened.fake.faults.next("revokeToken", { kind: "answer", status: 403, body });
    expect(await rejection(opened.provider.tokens.revoke(token.id))).toMatchObject({
      code: "forbidden",
      message: 'The platform says: "no way"',
    });
    expect((await opened.provider.tokens.get(token.id)).status).toBe("active");
  });
});

test("an admin revokes anybody's, and one may revoke the token that one uses", async () => {
  await using opened = await stage();
  const admin = opened.open({ JFROG_ACCESS_TOKEN: opened.fake.admin.token });
  expect(await admin.tokens.revoke(opened.fake.developer.record.id)).toBe("revoked");
  expect(await admin.tokens.revoke(opened.fake.admin.record.id)).toBe("revoked");
  expect(await rejection(admin.tokens.list({ limit: 1 }))).toMatchObject({ code: "unauthorized" });
});

test("the end of a revocation that was not seen is remembered", async () => {
  await using opened = await stage();
  const { token } = await issue(opened);
  opened.fake.faults.next("revokeToken", { kind: "cut-after-commit" });
  opened.fake.faults.next("revokeToken", { kind: "500" }, 9);
  await rejection(opened.provider.tokens.revoke(token.id));
  opened.fake.faults.clear();
  expect(await opened.provider.tokens.get(token.id)).toMatchObject({ status: "revoked" });
  expect(await opened.provider.tokens.revoke(token.id)).toBe("already_revoked");
});

describe("a life under six hours", () => {
  const body = ({ fake }: Awaited<ReturnType<typeof stage>>) =>
    fake.requests.findLast(({ operation }) => operation === "createToken")?.body;

  test.each([hour, 5 * hour])("of %j ms is made revocable (force_revocable)", async (life) => {
    await using opened = await stage();
    const { token, secret } = await issue(opened, { expires_at: later(opened.now(), life) });
    expect(body(opened)).toMatchObject({ force_revocable: true });
    expect(secret && opened.provider.cautions?.(secret)).toEqual([]);
    expect(await opened.provider.tokens.revoke(token.id)).toBe("revoked");
  });

  test("of six hours or more needs nothing, and no question", async () => {
    await using opened = await stage();
    await issue(opened, { expires_at: later(opened.now(), 6 * hour) });
    expect(body(opened)).not.toHaveProperty("force_revocable");
    expect(opened.fake.requests.map(({ operation }) => operation)).not.toContain("getVersion");
  });

  test("at a server before 7.50.3 is warned about; it cannot be revoked, and that is said", async () => {
    await using opened = await stage({ version: "7.50.2" });
    const { token, secret } = await issue(opened, { expires_at: later(opened.now(), 4 * hour) });
    expect(body(opened)).not.toHaveProperty("force_revocable");
    expect(secret && opened.provider.cautions?.(secret)).toEqual([expect.stringContaining("7.50.3")]);
    expect(await rejection(opened.provider.tokens.revoke(token.id))).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("Token not revocable"),
    });
    expect((await opened.provider.tokens.get(token.id)).status).toBe("active");
  });

  test("the version is asked for once", async () => {
    await using opened = await stage();
    for (let time = 0; time < 3; time++) await issue(opened, { expires_at: later(opened.now(), hour) });
    const asked = opened.fake.requests.filter(({ operation }) => operation === "getVersion");
    expect(asked.length).toBe(1);
  });

  test("a server that does not say its version is taken for one of today's", async () => {
    await using opened = await stage();
    opened.fake.faults.always("getVersion", {
      kind: "answer",
      status: 404,
      body: { errors: [{ status: 404, message: "x" }] },
    });
    await issue(opened, { expires_at: later(opened.now(), hour) });
    expect(body(opened)).toMatchObject({ force_revocable: true });
  });
});

describe("a life under three hours, which the platform does not store", () => {
  const old = { version: "7.50.2" };

  test("is listed and found by our own journal, until it ends", async () => {
    await using opened = await stage(old);
    const { token } = await issue(opened, { expires_at: later(opened.now(), hour) });
    expect(opened.fake.token(token.id).stored).toBe(false);
    const next = opened.open();
    expect((await next.tokens.list({ limit: 50, name: "ci" })).items).toEqual([token]);
    expect(await next.tokens.get(token.id)).toEqual(token);
    opened.advance(hour);
    expect(await next.tokens.get(token.id)).toEqual({ ...token, status: "expired" });
  });

  test("cannot be revoked: 204 is not taken for a success", async () => {
    await using opened = await stage(old);
    const { token, secret } = await issue(opened, { expires_at: later(opened.now(), hour) });
    expect(await rejection(opened.provider.tokens.revoke(token.id))).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining(token.expires_at ?? "?"),
    });
    expect(await opened.provider.tokens.get(token.id)).toEqual(token);
    expect(secret && (await opened.provider.registries.introspect?.(secret))).toEqual(token);
  });

  test("is not shown to another user of this machine", async () => {
    await using opened = await stage(old);
    const { token } = await issue(opened, { expires_at: later(opened.now(), hour) });
    const carol = opened.fake.addUser({ name: "carol" });
    const other = opened.open({ JFROG_ACCESS_TOKEN: carol.token });
    expect(await rejection(other.tokens.get(token.id))).toMatchObject({ code: "not_found" });
  });

  test("one idempotency key makes one token all the same", async () => {
    await using opened = await stage(old);
    const part = { expires_at: later(opened.now(), hour), idempotency_key: "k" };
    const first = await issue(opened, part);
    const second = await issue(opened, part, opened.open());
    expect(second.token).toEqual(first.token);
    expect(second.secret).toBeUndefined();
    expect(opened.fake.tokens.length).toBe(3);
    opened.advance(day);
  });
});
