import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allow, type Keyholder, Refusal } from "../../src/registry/caller.ts";
import {
  checkDeletable,
  fingerprint,
  fold,
  managed,
  mint,
  revocation,
  statusOf,
  type TokenRequest,
  view,
} from "../../src/registry/tokens.ts";

const now = new Date("2026-11-22T12:00:00Z");
const later = new Date("2026-11-23T12:00:00Z");
const admin: Keyholder = { kind: "key", username: "admin", role: "admin" };
const ann: Keyholder = { kind: "key", username: "ann", role: "developer" };
const bob: Keyholder = { kind: "key", username: "bob", role: "developer" };
const request: TokenRequest = { name: "ci", permission: "read_only", expires_at: later };

function refusalOf(action: () => unknown): Refusal {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error("It was not refused.");
}

describe("minting", () => {
  test("keeps only the hash of the value", () => {
    const { token, value } = mint(request, ann, now, "key-1");
    expect(JSON.stringify(token)).not.toContain(value);
    expect(token).toMatchObject({
      username: "ann",
      created_by: "ann",
      idempotency_key: "key-1",
      revoked_at: null,
    });
  });

  test("refuses an expiry that has passed, also by nothing", () => {
    expect(refusalOf(() => mint({ ...request, expires_at: now }, ann, now)).status).toBe(400);
    expect(mint({ ...request, expires_at: null }, ann, now).token.expires_at).toBeNull();
  });

  test.each([
    "",
    "   ",
    "x".repeat(101),
    "a\nb",
    "a\u0000b",
    "pay\u202Eload",
    "a\u200Bb",
    "a\u2028b",
    "a\uD800b",
  ])("refuses the name %j", (name) => {
    expect(refusalOf(() => mint({ ...request, name }, ann, now))).toMatchObject({
      status: 400,
      code: "invalid",
    });
  });

  test.each(["x", "déploiement – production №1", "部署", "🚀".repeat(100)])("takes the name %j", (name) => {
    expect(mint({ ...request, name }, ann, now).token.name).toBe(name);
  });
});

describe("status", () => {
  test("a token is active until the very moment of its expiry", () => {
    const token = { revoked_at: null, expires_at: later.getTime() };
    expect(statusOf(token, new Date(later.getTime() - 1))).toBe("active");
    expect(statusOf(token, later)).toBe("expired");
  });

  test("revoked stays revoked, whatever the time", () => {
    const { token } = mint(request, ann, now);
    const revoked = { ...token, ...revocation(token, ann, now) };
    fc.assert(fc.property(fc.date({ noInvalidDate: true }), (time) => statusOf(revoked, time) === "revoked"));
    expect(revocation(revoked, admin, later)).toBeUndefined();
  });

  test("an expired token can still be revoked", () => {
    const { token } = mint(request, ann, now);
    expect(revocation(token, ann, later)).toEqual({ revoked_at: later.getTime(), revoked_by: "ann" });
  });

  test("only a token that is not active can be deleted", () => {
    const { token } = mint(request, ann, now);
    expect(refusalOf(() => checkDeletable(token, now)).status).toBe(409);
    checkDeletable(token, later);
    checkDeletable({ ...token, ...revocation(token, ann, now) }, now);
  });
});

describe("who manages a token", () => {
  const { token } = mint(request, ann, now);

  test("an admin and its creator", () => {
    expect(managed(token, admin)).toBe(token);
    expect(managed(token, ann)).toBe(token);
  });

  test("for anyone else it is as if it did not exist", () => {
    const foreign = refusalOf(() => managed(token, bob));
    const unknown = refusalOf(() => managed(undefined, bob));
    expect(foreign.status).toBe(404);
    expect({ ...foreign, message: foreign.message }).toEqual({ ...unknown, message: unknown.message });
  });
});

describe("what a caller may do with packages", () => {
  const holder = (permission: TokenRequest["permission"]) => {
    const { token } = mint({ ...request, permission }, ann, now);
    return { kind: "token", username: token.username, token } as const;
  };

  test("read-only reads, read-write does both", () => {
    expect(allow(holder("read_only"), "read").permission).toBe("read_only");
    expect(allow(holder("read_write"), "read").permission).toBe("read_write");
    expect(allow(holder("read_write"), "write").permission).toBe("read_write");
    expect(refusalOf(() => allow(holder("read_only"), "write"))).toMatchObject({
      status: 403,
      code: "DENIED",
    });
  });

  test("a user's key does neither, not even an admin's, and the refusal says what to do", () => {
    expect(refusalOf(() => allow(admin, "read"))).toMatchObject({
      status: 403,
      message: expect.stringContaining("mint a token"),
    });
  });
});

test("the view has no hash, and says nothing of what is not set", () => {
  const { token } = mint({ ...request, expires_at: null }, ann, now);
  expect(view(token, now)).toEqual({
    id: token.id,
    name: "ci",
    username: "ann",
    permission: "read_only",
    created_by: "ann",
    created_at: "2026-11-22T12:00:00.000Z",
    expires_at: null,
    status: "active",
  });
});

test("requests have the same fingerprint when they ask for the same token", () => {
  expect(fingerprint(request)).toBe(
    fingerprint({ ...request, environment: undefined, expires_at: new Date(later) }),
  );
  expect(fingerprint({ ...request, expires_at: null })).not.toBe(fingerprint(request));
  for (const other of [{ name: "ci2" }, { permission: "read_write" as const }, { environment: "x" }]) {
    expect(fingerprint({ ...request, ...other })).not.toBe(fingerprint(request));
  }
});

test("names are compared without regard to case or to how an accent is written", () => {
  expect(fold("DÉPLOY")).toBe(fold("de\u0301ploy"));
});
