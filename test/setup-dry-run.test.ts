/** A dry run says what the real run would do, and refuses what it would refuse. */
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorld, type World } from "./support/world.ts";

let world: World;
let call: Awaited<ReturnType<World["connect"]>>["call"];
beforeEach(async () => {
  world = await openWorld();
  ({ call } = await world.connect());
});
afterEach(() => world[Symbol.asyncDispose]());

const npm = { manager: "npm", dry_run: true };

describe("a dry run", () => {
  it("mints nothing, writes nothing, and says so", async () => {
    const { text, data } = await call("configure_package_manager", npm);
    expect(text).toContain("nothing was written");
    expect(data).not.toHaveProperty("restore_id");
    expect((await call("list_tokens")).data).toMatchObject({ tokens: [] });
    await expect(access(join(world.home, ".npmrc"))).rejects.toThrow();
  });

  it("names what outranks the set-up, by which the real run fails", async () => {
    await world[Symbol.asyncDispose]();
    world = await openWorld({ env: { npm_config_registry: "https://other.example/" } });
    ({ call } = await world.connect());
    const { data } = await call("configure_package_manager", npm);
    const sentence = /^npm_config_registry sets `registry` to https:\/\/other\.example\//;
    expect(data.warnings).toEqual([expect.stringMatching(sentence)]);
    const real = await call("configure_package_manager", { manager: "npm" });
    expect(real.error).toMatchObject({
      code: "verification_failed",
      message: expect.stringContaining("npm_config_registry"),
    });
  });

  it("shows no change where the token that is there would be kept", async () => {
    const { data: real } = await call("configure_package_manager", { manager: "npm" });
    const { data } = await call("configure_package_manager", npm);
    expect(data).toMatchObject({
      changes: [],
      token: { id: (real as { token?: { id: string } }).token?.id },
    });
  });

  it.each([
    [{ expires: "soon" }, "invalid_input"],
    [{ environment: "nowhere" }, "not_found"],
    [{ scope: "project", project_dir: "no/such/folder" }, "invalid_input"],
    [{ npm_scope: "acme" }, "invalid_input"],
    [{ secret_style: "reference" }, "unsupported"],
  ])("refuses %j as the real run does", async (args, code) => {
    for (const dry_run of [true, false]) {
      expect((await call("configure_package_manager", { ...npm, ...args, dry_run })).error.code).toBe(code);
    }
    await expect(access(join(world.home, "no"))).rejects.toThrow();
    expect((await call("list_tokens")).data).toMatchObject({ tokens: [] });
  });
});

it("a token is taken from a file that is named with a tilde", async () => {
  const { value } = await world.registry.mint();
  await mkdir(join(world.home, "secrets"));
  await writeFile(join(world.home, "secrets/token"), `${value}\n`, { mode: 0o600 });
  const { data } = await call("configure_package_manager", {
    manager: "npm",
    token_from: "file:~/secrets/token",
  });
  expect(data).toMatchObject({ verified: { ok: true } });
});
