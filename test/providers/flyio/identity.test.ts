import { describe, expect, test } from "vitest";
import { rejection } from "../server.ts";
import { stage } from "./open.ts";

describe("who the credential is", () => {
  test("a user who is an admin somewhere", async () => {
    await using opened = await stage();
    expect(await opened.provider.identity.me()).toEqual({ username: "alice@example.com", role: "admin" });
  });

  test("a user who is a member only", async () => {
    await using opened = await stage();
    const bob = opened.fake.users[1];
    const organization = opened.fake.orgs.find(({ owner }) => owner === bob);
    if (bob) organization?.members.set(bob, "member");
    expect(await opened.open({ FLY_API_TOKEN: bob?.token ?? "" }).identity.me()).toEqual({
      username: "bob@example.com",
      role: "developer",
    });
  });

  test("a token, by its address", async () => {
    await using opened = await stage();
    const { header, uuid } = opened.fake.addToken();
    expect(await opened.open({ FLY_API_TOKEN: header }).identity.me()).toEqual({
      username: `${uuid}@tokens.fly.io`,
      role: "developer",
    });
  });

  test("a token to which GraphQL does not speak, but the Machines API does", async () => {
    await using opened = await stage();
    const { header, uuid } = opened.fake.addToken({ app: "web" });
    opened.fake.faults.always("/graphql", { kind: "unauthorized-macaroon" });
    expect(await opened.open({ FLY_API_TOKEN: header }).identity.me()).toEqual({
      username: `${uuid}@tokens.fly.io`,
      role: "developer",
      token_id: uuid,
    });
  });

  test("a token that nobody but itself can name", async () => {
    await using opened = await stage();
    const { header, uuid } = opened.fake.addToken({ app: "web" });
    opened.fake.faults.always("/graphql", { kind: "unauthorized-macaroon" });
    opened.fake.faults.always("/v1/tokens/current", { kind: "502-before-commit" });
    expect(await opened.open({ FLY_API_TOKEN: header }).identity.me()).toEqual({
      username: `${uuid}@tokens.fly.io`,
      role: "developer",
    });
  });

  test.each(["fm2_broken", "fo1_unknown", "unknown"])("nobody, for %j", async (token) => {
    await using opened = await stage();
    const error = await rejection(opened.open({ FLY_API_TOKEN: token }).identity.me());
    expect(error).toMatchObject({ code: "unauthorized", fix: expect.stringContaining("fly auth login") });
  });

  test("nobody, for a token that is revoked, since both APIs refuse it", async () => {
    await using opened = await stage();
    const { header, id } = opened.fake.addToken();
    await opened.provider.tokens.revoke(id);
    expect(await rejection(opened.open({ FLY_API_TOKEN: header }).identity.me())).toMatchObject({
      code: "unauthorized",
    });
  });

  test("nobody, for a token that has ended", async () => {
    await using opened = await stage();
    const { header } = opened.fake.addToken({ expiry: "1h" });
    opened.advance(2 * 3_600_000);
    expect(await rejection(opened.open({ FLY_API_TOKEN: header }).identity.me())).toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("ended at 2026-11-22T13:00:00.000Z"),
    });
  });
});
