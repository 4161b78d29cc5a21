import { describe, expect, test } from "vitest";
import type { Problem } from "../../../src/problem.ts";
import { rejection } from "../server.ts";
import { openJfrog, stage } from "./open.ts";

const host = "https://acme.jfrog.io";
const value = "reference-or-jwt-0123456789abcdef";
const pair = { JFROG_URL: host, JFROG_ACCESS_TOKEN: value };

/** A network that nobody may use. */
const silent = async (): Promise<Response> => {
  throw new Error("Something was sent.");
};

describe("is configured", () => {
  test.each<[string, Record<string, string>, boolean]>([
    ["by JFROG_URL and JFROG_ACCESS_TOKEN", pair, true],
    ["by FLY_URL and FLY_ACCESS_TOKEN", { FLY_URL: host, FLY_ACCESS_TOKEN: value }, true],
    ["not by FLY_ACCESS_TOKEN alone", { FLY_ACCESS_TOKEN: value }, false],
    ["not by FLY_URL alone", { FLY_URL: host }, false],
    ["not by JFROG_URL alone", { JFROG_URL: host }, false],
    ["not by JFROG_ACCESS_TOKEN alone", { JFROG_ACCESS_TOKEN: value }, false],
    ["not by halves of two pairs", { JFROG_URL: host, FLY_ACCESS_TOKEN: value }, false],
    ["not by the other halves", { FLY_URL: host, JFROG_ACCESS_TOKEN: value }, false],
    ["not by a macaroon of Fly.io's", { FLY_URL: host, FLY_ACCESS_TOKEN: "fm2_lJPECAAAAAAAAAAA" }, false],
    ["not by fm1r_", { FLY_URL: host, FLY_ACCESS_TOKEN: "FlyV1 fm1r_lJPECAAAAAAAAAAA" }, false],
    ["not by fm1a_", { FLY_URL: host, FLY_ACCESS_TOKEN: "fm1a_lJPECAAAAAAAAAAA,fm2_x" }, false],
    ["not by a user's token of Fly.io", { FLY_URL: host, FLY_ACCESS_TOKEN: "fo1_abcdefghijklm" }, false],
    ["by nothing not", {}, false],
  ])("%s", async (_, env, configured) => {
    await using opened = await stage();
    const provider = openJfrog(opened.home.path, env, { fetch: silent });
    expect(provider.configured).toBe(configured);
    if (configured) return;
    expect(await rejection(provider.tokens.list({ limit: 1 }))).toMatchObject({
      code: "not_configured",
      fix: expect.stringContaining("fly-tokens login jfrog"),
    });
  });

  test("and what is missing is said", async () => {
    await using opened = await stage();
    const notes = (env: Record<string, string>) => openJfrog(opened.home.path, env).notes().join(" ");
    expect(notes({ JFROG_ACCESS_TOKEN: value })).toContain("JFROG_URL is not");
    expect(notes({ FLY_URL: host, FLY_ACCESS_TOKEN: "fo1_abcdefghijklm" })).toContain("of Fly.io");
    expect(notes({ FLY_ACCESS_TOKEN: value })).toContain("FLY_URL is not");
    expect(notes({ FLY_ACCESS_TOKEN: "fo1_abcdefghijklm" })).toBe("");
    expect(notes(pair)).toBe("");
  });
});

describe("the address", () => {
  test.each(["", "/", "/artifactory", "/artifactory/", "/ui/"])(
    "is understood with %j at its end",
    async (end) => {
      await using opened = await stage();
      const provider = opened.open({ JFROG_URL: opened.fake.url + end });
      expect(provider.url).toBe(opened.fake.url);
      expect((await provider.identity.me()).username).toBe("bob@example.com");
      expect((await provider.registries.endpoint("npm")).url).toBe(
        `${opened.fake.url}/artifactory/api/npm/npm/`,
      );
    },
  );

  test("that is not the platform's is what has to be corrected", async () => {
    await using opened = await stage();
    const provider = opened.open({ JFROG_URL: `${opened.fake.url}/artifactory/api` });
    expect(await rejection(provider.identity.me())).toMatchObject({
      code: "provider_down",
      fix: expect.stringContaining("URL"),
    });
  });

  test("has to be https, except on this machine, before anything is sent", async () => {
    await using opened = await stage();
    const provider = openJfrog(
      opened.home.path,
      { ...pair, JFROG_URL: "http://acme.jfrog.io" },
      { fetch: silent },
    );
    const calls = [
      () => provider.tokens.list({ limit: 1 }),
      () => provider.identity.me(),
      () => provider.registries.endpoint("npm"),
      () => provider.environments.list(),
    ];
    for (const call of calls) expect(await rejection(call())).toMatchObject({ code: "unsafe_location" });
  });

  test("is not taken from a project's .env", async () => {
    await using opened = await stage();
    await opened.home.write(".env", `JFROG_URL=${host}\nFLY_URL=${host}\nJFROG_ACCESS_TOKEN=${value}\n`);
    expect(openJfrog(opened.home.path, {}).configured).toBe(false);
    expect(openJfrog(opened.home.path, { FLY_ACCESS_TOKEN: value }).configured).toBe(false);
  });

  test.each(["https://u:p@acme.jfrog.io", "https://acme.jfrog.io?x", "acme.jfrog.io", "ftp://acme.jfrog.io"])(
    "cannot be %s",
    async (url) => {
      await using opened = await stage();
      expect(() => openJfrog(opened.home.path, { JFROG_URL: url })).toThrow(/JFROG_URL/);
    },
  );
});

test("a credential that no header can carry is refused without being shown", async () => {
  await using opened = await stage();
  for (const bad of ["two words", "line\nbreak", "nön-ascii"]) {
    const provider = opened.open({ JFROG_ACCESS_TOKEN: bad }, { fetch: silent });
    const error = (await rejection(provider.tokens.list({ limit: 1 }))) as Problem;
    expect(error).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("JFROG_ACCESS_TOKEN"),
    });
    expect(error.message).not.toContain(bad);
  }
});
