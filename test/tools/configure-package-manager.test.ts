/** What is asked for and what is answered; what becomes of the files is in test/setup.test.ts. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configurePackageManager } from "../../tools/configure-package-manager.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { openWorld, type ToolResult, type World, type WorldOptions } from "../support/world.ts";

const clock = new Date("2026-03-01T10:00:00Z");
let world: World;
let call: (name: string, args: Record<string, unknown>) => Promise<ToolResult>;
const configure = (args: Record<string, unknown>) => call("configure_package_manager", args);

const open = async (options: WorldOptions = {}) => {
  world = await openWorld({ now: () => clock, ...options, env: { PATH: "/nowhere", ...options.env } });
  ({ call } = await world.connect());
};
beforeEach(() => open());
afterEach(() => world[Symbol.asyncDispose]());

const tokens = async () => {
  const response = await world.registry.call("GET", "/tokens");
  return ((await response.json()) as { tokens: { permission: string; environment?: string }[] }).tokens;
};

describe("the answer", () => {
  it.each([
    ["npm", [".npmrc"], "admin"],
    ["pip", [".config/pip/pip.conf", ".netrc"], undefined],
    ["docker", [".docker/config.json"], undefined],
  ])(
    "for %s has the token, a masked diff of each file, the request that proved it, and how to undo it",
    async (manager, files, as) => {
      const result = await configure({ manager });
      const { token, changes, verified, restore_id, warnings } = answerOf(configurePackageManager, result);
      expect(token).toEqual({
        id: expect.stringMatching(/^tok_/),
        name: `${manager} on test-machine`,
        permission: "read_only",
        expires_at: "2026-03-31T10:00:00.000Z",
      });
      expect(changes.map(({ path }) => path)).toEqual(files.map((file) => join(world.home, file)));
      expect(changes.map(({ diff }) => diff).join("\n")).toContain("[secret]");
      expect(verified).toEqual({
        ok: true,
        ...(as && { as }),
        request: expect.stringMatching(`^GET http://${new URL(world.registry.url).host}/`),
      });
      expect(restore_id).toEqual(expect.any(String));
      expect(warnings).toEqual(expect.any(Array));
      expectSameFacts(result);
      expect(world.frames.join()).not.toMatch(/flyt_[0-9A-Za-z]/);
    },
  );

  it("in a dry run is what would change, and no more", async () => {
    const result = await configure({ manager: "npm", dry_run: true });
    const answer = answerOf(configurePackageManager, result);
    expect(Object.keys(answer).sort()).toEqual(["changes", "managers", "warnings"]);
    expect(answer.changes).toHaveLength(1);
    expectSameFacts(result);
    expect(result.text).toContain("nothing was written");
    expect(await tokens()).toEqual([]);
  });

  it("has no verification where none was wanted", async () => {
    const answer = answerOf(configurePackageManager, await configure({ manager: "npm", verify: false }));
    expect(answer).not.toHaveProperty("verified");
    expect(answer.restore_id).toBeDefined();
  });
});

describe("the token", () => {
  it("has the permission, the end and the environment that were asked for", async () => {
    await world.registry.call("POST", "/environments", { name: "production" });
    const args = { manager: "npm", permission: "read_write", expires: "48h", environment: "production" };
    const { token } = answerOf(configurePackageManager, await configure(args));
    expect(token).toMatchObject({ permission: "read_write", expires_at: "2026-03-03T10:00:00.000Z" });
    expect(await tokens()).toMatchObject([{ permission: "read_write", environment: "production" }]);
  });

  it("is the one that generate_token made just now, when that is named", async () => {
    const { token } = answerOf(generateToken, await call("generate_token", { name: "mine" }));
    const answer = answerOf(configurePackageManager, await configure({ manager: "npm", token_id: token.id }));
    expect(answer.token).toMatchObject({ id: token.id, name: "mine" });
    expect(await tokens()).toHaveLength(1);
  });
});

describe("refuses, and mints nothing,", () => {
  it.each<[Record<string, unknown>, string, object]>([
    [{ manager: "brew" }, "not_found", { allowed: expect.arrayContaining(["cargo", "docker", "npm"]) }],
    [{ manger: "npm" }, "invalid_input", { did_you_mean: "manager" }],
    [{ manager: "npm", scope: "global" }, "invalid_input", { allowed: ["user", "project"] }],
    [{ manager: "npm", permission: "write" }, "invalid_input", { allowed: ["read_only", "read_write"] }],
    [{ manager: "docker", scope: "project" }, "unsupported", { allowed: ["user"] }],
    [{ manager: "docker", secret_style: "reference" }, "unsupported", { allowed: ["value", "helper"] }],
    [{ manager: "npm", expires: "2020-01-01" }, "invalid_input", {}],
    [{ manager: "npm", expires: "whenever" }, "invalid_input", {}],
    [{ manager: "npm", environment: "moon" }, "not_found", {}],
    [{ manager: "npm", provider: "nobody" }, "not_found", { allowed: ["local", "flyio", "jfrog"] }],
    [{ manager: "npm", token: "flyt_x" }, "invalid_input", { allowed: expect.arrayContaining(["token_id"]) }],
    [{ manager: "npm", npm_scope: "acme" }, "invalid_input", {}],
    [{ manager: "pip,docker", npm_scope: "@acme" }, "invalid_input", {}],
    [{ manager: "pip", scope: "project" }, "unsupported", { allowed: ["user"] }],
    [{ manager: "npm", token_id: "tok_x" }, "not_found", {}],
    [{ manager: "npm", token_id: "tok_x", token_from: "env:X" }, "invalid_input", {}],
    [{ manager: "npm", token_from: "file:/etc/hosts" }, "invalid_input", {}],
    [{ manager: "npm", token_from: "file:/dev/zero" }, "not_found", {}],
    [{ manager: "npm", token_from: "env:NO_SUCH_VARIABLE" }, "not_found", {}],
  ])("%j", async (args, code, details) => {
    for (const dry_run of [true, false]) {
      const result = await configure({ ...args, dry_run });
      expectRefusal(result, code as "not_found");
      expect(result.error).toMatchObject(details);
    }
    expect(await tokens()).toEqual([]);
  });

  it("a life beyond the operator's limit", async () => {
    await world[Symbol.asyncDispose]();
    await open({ env: { FLY_TOKENS_MAX_EXPIRY: "7d" } });
    expectRefusal(await configure({ manager: "npm", expires: "30d" }), "forbidden", /FLY_TOKENS_MAX_EXPIRY/);
    expect(await tokens()).toEqual([]);
    // Without a wish, what the operator allows.
    const { token } = answerOf(configurePackageManager, await configure({ manager: "npm" }));
    expect(token?.expires_at).not.toBeNull();
  });

  it.each([
    ["XDG_CONFIG_HOME", "uv"],
    ["XDG_CONFIG_HOME", "pip"],
    ["XDG_DATA_HOME", "gem"],
    ["POETRY_CONFIG_DIR", "poetry"],
    ["UV_CONFIG_FILE", "uv"],
    ["PDM_CONFIG_FILE", "pdm"],
  ])(
    "%s with a relative path, which would lead %s's secrets into the working folder",
    async (name, manager) => {
      await world[Symbol.asyncDispose]();
      await open({ env: { [name]: "conf", FLY_TOKENS_LOCAL_ENDPOINTS: "gems=http://127.0.0.1:1/" } });
      for (const tool of ["configure_package_manager", "check_package_manager"]) {
        const { text } = await call(tool, { manager });
        expect(text).toMatch(
          new RegExp(`relative path conf.*because of ${name}.*Set ${name} to an absolute path`),
        );
      }
      expect(await tokens()).toEqual([]);
    },
  );

  it("when the registry is gone", async () => {
    await world.registry.close();
    expectRefusal(await configure({ manager: "npm" }), "provider_down");
  });

  it("with a key that nobody has", async () => {
    await world[Symbol.asyncDispose]();
    await open({ env: { FLY_TOKENS_LOCAL_KEY: "flyk_nobody-has-this-key" } });
    expectRefusal(await configure({ manager: "npm" }), "not_configured", /FLY_TOKENS_LOCAL_KEY/);
  });
});
