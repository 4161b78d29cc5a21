import { describe, expect, test } from "vitest";
import { redact, Secret } from "../../../src/secret.ts";
import { rejection } from "../server.ts";
import { day, inDays, type Stage, stage } from "./open.ts";

const minute = 60_000;

async function deployToken(opened: Stage) {
  const { token, secret } = await opened.provider.tokens.issue({
    name: "ci",
    permission: "read_write",
    expires_at: inDays(opened.now()),
    flyio: { app: "web" },
  });
  if (!secret) throw new Error("There is no value.");
  return { token, secret };
}

describe("the registry", () => {
  test("is docker's, at FLY_REGISTRY_HOST", async () => {
    await using opened = await stage();
    expect(await opened.provider.registries.endpoint("docker")).toEqual({
      ecosystem: "docker",
      url: opened.fake.registryHost,
      mirrors: false,
    });
    expect(await rejection(opened.provider.registries.endpoint("cargo"))).toMatchObject({
      code: "unsupported",
      allowed: ["docker"],
    });
  });

  test("takes the tokens without their scheme, and without the user's own", async () => {
    await using opened = await stage();
    const { secret } = await deployToken(opened);
    const password = (text: string) => opened.provider.registries.password?.(new Secret(text)).reveal();
    expect(password(secret.reveal())).toBe(secret.reveal().replace("FlyV1 ", ""));
    expect(password("FlyV1 fm2_a, fo1_u,fm2_b")).toBe("fm2_a,fm2_b");
    expect(password("Bearer fo1_u")).toBe("fo1_u");
    const basic = Buffer.from(`x:${password(secret.reveal())}`).toString("base64");
    const response = await fetch(`${opened.fake.url}/v2/`, { headers: { authorization: `Basic ${basic}` } });
    expect(response.status).toBe(200);
  });
});

describe("a value", () => {
  test("that was issued here is the token on record, whatever has become of it", async () => {
    await using opened = await stage();
    const { token, secret } = await deployToken(opened);
    const { introspect } = opened.provider.registries;
    expect(await introspect?.(secret)).toEqual(token);
    expect(await introspect?.(new Secret(secret.reveal().replace("FlyV1 ", "")))).toEqual(token);
  });

  test("that was narrowed since is the same token, and may do what it says itself", async () => {
    await using opened = await stage();
    const { token, secret } = await deployToken(opened);
    const { secret: narrower } = await opened.provider.restrict.narrow(secret, {
      read_only: true,
      expires: "2h",
    });
    expect(await opened.provider.registries.introspect?.(narrower)).toMatchObject({
      id: token.id,
      name: "ci",
      permission: "read_only",
      scope: expect.stringContaining("It may read, nothing else"),
      expires_at: "2026-11-22T14:00:00.000Z",
      status: "active",
    });
    opened.advance(3 * 60 * minute);
    expect(await opened.provider.registries.introspect?.(narrower)).toMatchObject({ status: "expired" });
    expect(await opened.provider.registries.introspect?.(secret)).toMatchObject({ status: "active" });
  });

  test("from elsewhere is known by its fingerprint and its own words", async () => {
    await using opened = await stage();
    const { header, uuid } = opened.fake.addToken({ app: "web", expiry: "720h0m0s" });
    const { number } = opened.fake.app("web");
    expect(await opened.provider.registries.introspect?.(new Secret(header))).toEqual({
      id: uuid,
      provider: "flyio",
      name: `${uuid}@tokens.fly.io`,
      username: "x",
      permission: "read_write",
      scope: `It may do everything in organization acme (${opened.fake.org("acme").number}); Of the apps it may touch only ${number} (do everything)`,
      created_by: "unknown",
      created_at: "2026-11-22T12:00:00.000Z",
      expires_at: "2026-12-22T12:00:00.000Z",
      status: "active",
    });
  });

  test.each<[string, (opened: Stage, id: string) => unknown]>([
    ["revoked", (opened, id) => opened.provider.tokens.revoke(id)],
    ["expired", (opened) => opened.advance(31 * day)],
  ])("from elsewhere is known to be %s", async (status, end) => {
    await using opened = await stage();
    const { header, uuid, id } = opened.fake.addToken({ expiry: "720h0m0s" });
    await end(opened, id);
    expect(await opened.provider.registries.introspect?.(new Secret(header))).toMatchObject({
      id: uuid,
      status,
    });
  });

  test("needs no credential of ours to be known", async () => {
    await using opened = await stage();
    const { header, uuid } = opened.fake.addToken();
    const provider = opened.open({ FLY_API_TOKEN: "" });
    expect(provider.configured).toBe(false);
    expect(await provider.registries.introspect?.(new Secret(header))).toMatchObject({
      id: uuid,
      status: "active",
    });
  });

  test("is asked about in another way when the first one fails", async () => {
    await using opened = await stage();
    const { header, id } = opened.fake.addToken();
    opened.fake.faults.always("/v1/tokens/current", { kind: "gateway-403" });
    const { introspect } = opened.provider.registries;
    expect(await introspect?.(new Secret(header))).toMatchObject({ status: "active" });
    await opened.provider.tokens.revoke(id);
    expect(await introspect?.(new Secret(header))).toMatchObject({ status: "revoked" });
  });

  test("about which nobody can say anything is a problem, not unknown", async () => {
    await using opened = await stage();
    const { header } = opened.fake.addToken();
    opened.fake.faults.always("*", { kind: "502-before-commit" });
    expect(
      await rejection(Promise.resolve(opened.provider.registries.introspect?.(new Secret(header)))),
    ).toMatchObject({
      code: "provider_down",
    });
  });

  test.each(["fo1_user", "fm2_broken", "nonsense", "Basic eDp5", "FlyV1", "", `fm2_${"A".repeat(400_000)}`])(
    "that holds no macaroon is unknown",
    async (value) => {
      await using opened = await stage();
      expect(await opened.provider.registries.introspect?.(new Secret(value))).toBeUndefined();
      expect(opened.fake.requests).toEqual([]);
    },
  );
});

describe("the cautions", () => {
  const about = (opened: Stage, header: string) => opened.provider.cautions(new Secret(header));

  test("are none for a token that lives long, and for what is no macaroon", async () => {
    await using opened = await stage();
    expect(about(opened, opened.fake.addToken().header)).toEqual([]);
    for (const text of ["fo1_u", "nonsense", "", "fm2_broken", `fm2_${"A".repeat(400_000)}`])
      expect(about(opened, text)).toEqual([]);
  });

  test.each([
    ["16m0s", undefined],
    ["15m0s", "It ends in 15 minutes, at 2026-11-22T12:15:00.000Z"],
    ["10m0s", "It ends in 10 minutes"],
    ["1m30s", "It ends in 1 minute,"],
    ["30s", "It ends in less than a minute"],
  ])("say when a token ends in %s: %j", async (expiry, sentence) => {
    await using opened = await stage();
    const { header } = opened.fake.addToken({ expiry });
    expect(about(opened, header)).toEqual(sentence ? [expect.stringContaining(sentence)] : []);
  });

  test("say that one has ended", async () => {
    await using opened = await stage();
    const { header } = opened.fake.addToken({ expiry: "1h" });
    opened.advance(2 * 60 * minute);
    expect(about(opened, header)).toEqual(["It has ended already, at 2026-11-22T13:00:00.000Z."]);
  });

  test("say whose discharge is missing, and then how long the one that is there lasts", async () => {
    await using opened = await stage();
    opened.fake.addOrg({ slug: "sso", members: { "alice@example.com": "admin" }, demandsDischarge: true });
    const { header } = opened.fake.addToken({ org: "sso" });
    expect(about(opened, header)).toEqual([
      expect.stringMatching(/will not work until https:\/\/auth\.fly\.io has discharged it/),
    ]);
    const discharged = opened.fake.discharge(header, "alice@example.com", 10);
    expect(about(opened, discharged)).toEqual([expect.stringContaining("It ends in 10 minutes")]);
    // An old discharge beside a new one does no harm.
    opened.advance(20 * minute);
    const [, old] = discharged.split(",");
    const renewed = `${opened.fake.discharge(header, "alice@example.com", 60)},${old}`;
    expect(about(opened, renewed)).toEqual([]);
  });
});

test("a new token's value is redacted in each of its forms", async () => {
  await using opened = await stage();
  const { secret } = await deployToken(opened);
  const bare = secret.reveal().replace("FlyV1 ", "");
  expect(redact(`see ${bare} there`)).toBe("see [redacted] there");
  // So is the token that it was narrowed from, which nobody is handed.
  const narrowed = await opened.provider.tokens.issue({
    name: "n",
    permission: "read_only",
    expires_at: inDays(opened.now()),
  });
  const whole = opened.fake.tokens.at(-1)?.header.replace("FlyV1 ", "") ?? "";
  expect(narrowed.secret?.reveal()).not.toContain(whole);
  expect(redact(`see ${whole} there`)).toBe("see [redacted] there");
});
