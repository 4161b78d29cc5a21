import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tempHome } from "../../support/home.ts";
import { json, rejection, startServer } from "../server.ts";
import { openFlyio } from "./open.ts";

/** Answers as if a user asked, and remembers with which credential. */
async function listening() {
  const server = await startServer((received, response) =>
    json(response, 200, {
      data: received.body.includes("Viewer")
        ? { viewer: { __typename: "User", email: "ann@example.com" } }
        : { organizations: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } },
    }),
  );
  return { server, used: () => server.received.at(-1)?.headers.authorization };
}

async function login(home: string, text: string, folder = ".fly"): Promise<string> {
  await mkdir(join(home, folder), { recursive: true });
  const path = join(home, folder, "config.yml");
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

describe("the credential", () => {
  test.each([
    [{ FLY_ACCESS_TOKEN: "fm2_first", FLY_API_TOKEN: "fo1_second" }, "FlyV1 fm2_first"],
    [{ FLY_ACCESS_TOKEN: "fo1_first" }, "Bearer fo1_first"],
    [{ FLY_ACCESS_TOKEN: "eyJ2ZXIiOi.jfrog", FLY_API_TOKEN: "fo1_second" }, "Bearer fo1_second"],
    [{ FLY_ACCESS_TOKEN: "fm2_a,eyJ2ZXIiOi" }, "FlyV1 fm2_login,fo1_login"],
    [{ FLY_API_TOKEN: "of-any-form" }, "Bearer of-any-form"],
    [{}, "FlyV1 fm2_login,fo1_login"],
  ])("of %j beside a login is sent as %j", async (env, expected) => {
    await using home = await tempHome();
    const { server, used } = await listening();
    await using _ = server;
    await login(home.path, "access_token: FlyV1 fm2_login,fo1_login\nlast_login: 2026-11-20T00:00:00Z\n");
    const provider = openFlyio(home.path, { ...env, FLY_API_BASE_URL: server.url });
    expect(provider.configured).toBe(true);
    expect(await provider.identity.me()).toEqual({ username: "ann@example.com", role: "developer" });
    expect(used()).toBe(expected);
  });

  test("that is another product's is left alone, and it is said", async () => {
    await using home = await tempHome();
    const provider = openFlyio(home.path, { FLY_ACCESS_TOKEN: "eyJ2ZXIiOiIyIn0.of-jfrog" });
    expect(provider.configured).toBe(false);
    expect(provider.notes()).toEqual([expect.stringContaining("FLY_ACCESS_TOKEN")]);
    const error = await rejection(provider.identity.me());
    expect(error).toMatchObject({ code: "not_configured", fix: expect.stringContaining("FLY_API_TOKEN") });
    expect(JSON.stringify([error, String(error), provider.notes()])).not.toContain("of-jfrog");
  });

  test("is missing: nothing is configured, and nothing noted", async () => {
    await using home = await tempHome();
    const provider = openFlyio(home.path, {});
    expect(provider.configured).toBe(false);
    expect(provider.notes()).toEqual([]);
    expect(await rejection(provider.tokens.list({ limit: 1 }))).toMatchObject({ code: "not_configured" });
  });

  test("cannot be sent: it is said where it stands, and it is not shown", async () => {
    await using home = await tempHome();
    const provider = openFlyio(home.path, { FLY_API_TOKEN: "two words" });
    const error = await rejection(provider.identity.me());
    expect(error).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("FLY_API_TOKEN"),
    });
    expect(String(error)).not.toContain("two words");
  });
});

describe("flyctl's login", () => {
  test.each([
    "access_token: fo1_u",
    '"access_token": "fo1_u" # mine',
    "wire_guard_state: {}\naccess_token: 'fo1_u'\n",
    "access_token: >-\n  FlyV1\n  fo1_u\n",
    "access_token: |\n  fo1_u\n",
  ])("is read from %j", async (text) => {
    await using home = await tempHome();
    const { server, used } = await listening();
    await using _ = server;
    await login(home.path, text);
    const provider = openFlyio(home.path, { FLY_API_BASE_URL: server.url });
    expect(provider.configured).toBe(true);
    await provider.identity.me();
    expect(used()).toBe("Bearer fo1_u");
  });

  test.each(["", "# access_token: fo1_u\n", "access_token:\n", 'access_token: ""\n', "other: 1\n"])(
    "is none in %j",
    async (text) => {
      await using home = await tempHome();
      await login(home.path, text);
      const provider = openFlyio(home.path, {});
      expect(provider.configured).toBe(false);
      expect(await rejection(provider.identity.me())).toMatchObject({ code: "not_configured" });
    },
  );

  test("is where FLY_CONFIG_DIR says", async () => {
    await using home = await tempHome();
    const { server, used } = await listening();
    await using _ = server;
    await login(home.path, "access_token: fo1_elsewhere\n", "conf");
    const env = { FLY_API_BASE_URL: server.url, FLY_CONFIG_DIR: "conf" };
    await openFlyio(home.path, env).identity.me();
    expect(used()).toBe("Bearer fo1_elsewhere");
  });

  test("is read anew for each call, since flyctl renews it", async () => {
    await using home = await tempHome();
    const { server, used } = await listening();
    await using _ = server;
    const provider = openFlyio(home.path, { FLY_API_BASE_URL: server.url });
    expect(provider.configured).toBe(false);
    for (const token of ["fo1_one", "fo1_two"]) {
      await login(home.path, `access_token: ${token}\n`);
      expect(provider.configured).toBe(true);
      await provider.identity.me();
      expect(used()).toBe(`Bearer ${token}`);
    }
  });

  test("that does not parse is refused without being quoted", async () => {
    await using home = await tempHome();
    const path = await login(home.path, 'access_token: "fo1_secret\n');
    const error = await rejection(openFlyio(home.path, {}).identity.me());
    expect(error).toMatchObject({ code: "file_unparsable", message: expect.stringContaining(path) });
    expect((error as Error).cause).toBeUndefined();
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain("fo1_secret");
  });

  test.skipIf(process.getuid?.() === 0)("that cannot be read is not taken for none", async () => {
    await using home = await tempHome();
    await chmod(await login(home.path, "access_token: fo1_u\n"), 0o000);
    const provider = openFlyio(home.path, {});
    expect(provider.configured).toBe(true);
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "file_unreadable" });
  });

  test("that is a folder is not taken for none", async () => {
    await using home = await tempHome();
    await mkdir(join(home.path, ".fly", "config.yml"), { recursive: true });
    const provider = openFlyio(home.path, {});
    expect(provider.configured).toBe(true);
    expect(await rejection(provider.identity.me())).toMatchObject({ code: "file_unreadable" });
  });
});
