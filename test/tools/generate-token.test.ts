import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateToken } from "../../tools/generate-token.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { addressOf } from "../support/undone.ts";
import { openWorld, type ToolResult, type World, type WorldOptions } from "../support/world.ts";

const morning = new Date("2026-03-01T10:00:00Z");
let clock: Date;
let world: World;
let call: (args: Record<string, unknown>) => Promise<ToolResult>;

const open = async (options: WorldOptions = {}) => {
  world = await openWorld({ now: () => clock, ...options });
  const { call: unlimited } = await world.connect();
  call = (args) => unlimited("generate_token", args);
};
const reopen = async (options: WorldOptions) => {
  await world[Symbol.asyncDispose]();
  await open(options);
};
beforeEach(() => {
  clock = morning;
  return open();
});
afterEach(() => world[Symbol.asyncDispose]());

const tokens = async () => {
  const response = await world.registry.call("GET", "/tokens");
  return ((await response.json()) as { tokens: { id: string; status: string; name: string }[] }).tokens;
};
const introspect = async (token: string) =>
  (await (await world.registry.call("POST", "/introspect", { token })).json()) as {
    active: boolean;
    token?: Record<string, unknown>;
  };
const framesWith = (value: string) => world.frames.filter((frame) => frame.includes(value));

describe("a token that is shown", () => {
  it("is read-only and for 30 days unless told otherwise, and opens the registry", async () => {
    const result = await call({ name: "ci" });
    const { token, delivery, credential, show_once_warning } = answerOf(generateToken, result);
    expect(token).toEqual({
      id: expect.stringMatching(/^tok_/),
      name: "ci",
      username: "admin",
      permission: "read_only",
      scope: "download packages and images",
      expires_at: "2026-03-31T10:00:00.000Z",
    });
    expect(delivery).toEqual({ kind: "inline" });
    expect(credential).toEqual({ username: "admin", token: expect.stringMatching(/^flyt_[0-9A-Za-z]{49}$/) });
    expect(show_once_warning).toMatch(/shown now and never again.*revoke/);
    expectSameFacts(result, "credential", "kind");
    expect(result.text.startsWith(show_once_warning)).toBe(true);
    const { active, token: known } = await introspect(credential?.token ?? "");
    expect({ active, id: known?.id }).toEqual({ active: true, id: token.id });
  });

  it("stands in one frame alone, in a block that is for the user and in the data", async () => {
    const result = await call({ name: "ci" });
    const value = answerOf(generateToken, result).credential?.token ?? "";
    const { content } = JSON.parse(result.wire) as { content: object[] };
    expect(content).toEqual([
      { type: "text", text: result.text },
      { type: "text", text: value, annotations: { audience: ["user"], priority: 1 } },
    ]);
    expect(result.text).not.toContain(value);
    expect(framesWith(value)).toHaveLength(1);
  });

  it("has the permission, the end and the environment that were asked for", async () => {
    await world.registry.call("POST", "/environments", { name: "production" });
    const result = await call({
      name: "deploy",
      permission: "read_write",
      expires: "2026-06-30",
      environment: "production",
    });
    expect(answerOf(generateToken, result).token).toMatchObject({
      permission: "read_write",
      scope: "download and publish packages and images",
      environment: "production",
      expires_at: "2026-06-30T23:59:59.000Z",
    });
    expectSameFacts(result, "credential", "kind");
  });

  it("lives for ever only when that is said", async () => {
    const result = await call({ name: "ci", expires: "never" });
    expect(answerOf(generateToken, result).token.expires_at).toBeNull();
    expect(result.text).toContain("expires never");
  });
});

describe("a token that goes to a file", () => {
  it("stands there alone, for its owner's eyes, and in no frame", async () => {
    const path = join(world.home, "secrets", "token");
    const result = await call({ name: "ci", deliver_to: "file", deliver_path: path });
    const { delivery, credential, show_once_warning, token } = answerOf(generateToken, result);
    expect({ delivery, credential }).toEqual({
      delivery: { kind: "file", location: path, restore_id: expect.any(String) },
      credential: undefined,
    });
    expect(show_once_warning).toMatch(/not shown here. If it is lost, revoke/);
    expectSameFacts(result, "kind");
    const value = readFileSync(path, "utf8").trimEnd();
    expect(readFileSync(path, "utf8")).toBe(`${value}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(world.home, "secrets")).mode & 0o777).toBe(0o700);
    expect((await introspect(value)).token?.id).toBe(token.id);
    expect(framesWith(value)).toEqual([]);
  });

  it("is found from the server's working folder, and from the home folder behind a tilde", async () => {
    for (const [given, path] of [
      ["here", "here"],
      ["~/there", "there"],
    ] as const) {
      const result = await call({ name: "ci", deliver_to: "file", deliver_path: given });
      expect(answerOf(generateToken, result).delivery.location).toBe(join(world.home, path));
      expect(readFileSync(join(world.home, path), "utf8")).toMatch(/^flyt_\w+\n$/);
    }
  });

  it.each<[string, string, RegExp, (home: string) => string | undefined | Promise<string | undefined>]>([
    ["without a path", "invalid_input", /deliver_path/, () => undefined],
    [
      "onto a file that is there",
      "conflict",
      /exists already/,
      (home) => {
        writeFileSync(join(home, "mine"), "precious");
        return join(home, "mine");
      },
    ],
    [
      "below a file",
      "file_unreadable",
      /cannot be there: a part of its path is a file.*Correct the path/,
      (home) => {
        writeFileSync(join(home, "mine"), "precious");
        return join(home, "mine/token");
      },
    ],
    [
      "into a git repository that does not ignore it",
      "unsafe_location",
      /git repository/,
      (home) => {
        execFileSync("git", ["init", "-q", join(home, "project")]);
        return join(home, "project/token");
      },
    ],
    [
      "to a path that git tracks",
      "unsafe_location",
      /tracked by git/,
      async (home) => {
        const git = (...args: string[]) => execFileSync("git", ["-C", join(home, "project"), ...args]);
        execFileSync("git", ["init", "-q", join(home, "project")]);
        writeFileSync(join(home, "project/token"), "");
        git("add", "token");
        await rm(join(home, "project/token"));
        return join(home, "project/token");
      },
    ],
    ["with a NUL in its path", "invalid_input", /path/, (home) => join(home, "a\0b")],
  ])("is refused %s, before anything is minted", async (_how, code, said, prepare) => {
    const path = await prepare(world.home);
    const result = await call({ name: "ci", deliver_to: "file", ...(path && { deliver_path: path }) });
    expectRefusal(result, code as "conflict", said);
    expect(await tokens()).toEqual([]);
    if (code === "conflict") expect(readFileSync(join(world.home, "mine"), "utf8")).toBe("precious");
  });

  it("is revoked when it cannot be delivered after all", async () => {
    // The folder is gone, and a file stands in its place, by the time that the token has been minted.
    await reopen({
      fetch: (real) => async (input, init) => {
        const response = await real(input, init);
        const minted = response.status === 201 && new URL(response.url).pathname.endsWith("/tokens");
        if (minted) {
          await rm(join(world.home, "secrets"), { recursive: true });
          writeFileSync(join(world.home, "secrets"), "");
        }
        return response;
      },
    });
    mkdirSync(join(world.home, "secrets"));
    await chmod(join(world.home, "secrets"), 0o700);
    const path = join(world.home, "secrets/token");
    const result = await call({ name: "ci", deliver_to: "file", deliver_path: path });
    const [token, ...others] = await tokens();
    expect({ status: token?.status, others }).toEqual({ status: "revoked", others: [] });
    const said = new RegExp(`a part of its path is a file.*The new token ${token?.id} was revoked`);
    expectRefusal(result, "file_unreadable", said);
  });
});

describe("a token that nobody gets", () => {
  it("is named when it cannot be revoked either", async () => {
    const path = () => join(world.home, "token");
    await reopen({
      fetch: (real) => async (input, init) => {
        const { pathname } = addressOf(input);
        if (pathname.endsWith("/revoke")) return Response.json({}, { status: 502 });
        const response = await real(input, init);
        if (response.status === 201 && pathname.endsWith("/tokens")) writeFileSync(path(), "somebody else's");
        return response;
      },
    });
    const result = await call({ name: "ci", deliver_to: "file", deliver_path: path() });
    const [token] = await tokens();
    const said = new RegExp(`exists already.*${token?.id} could NOT be revoked.*revoke_token`);
    expectRefusal(result, "provider_down", said);
  });

  it("since the call was cancelled meanwhile, is revoked", async () => {
    const cancel = new AbortController();
    await reopen({
      fetch: (real) => async (input, init) => {
        const response = await real(input, init);
        if (response.status === 201) cancel.abort();
        return response;
      },
    });
    const { client } = await world.connect();
    const args = { name: "generate_token", arguments: { name: "ci" } };
    await expect(client.callTool(args, { signal: cancel.signal })).rejects.toThrow();
    await expect.poll(tokens).toEqual([expect.objectContaining({ name: "ci", status: "revoked" })]);
  });
});

describe("a call that is repeated with its idempotency_key", () => {
  it("makes no second token and shows no value again, also when its end is another moment by then", async () => {
    const first = answerOf(generateToken, await call({ name: "ci", idempotency_key: "once" }));
    clock = new Date("2026-03-01T10:01:00Z");
    const result = await call({ name: "ci", idempotency_key: "once" });
    const second = answerOf(generateToken, result);
    expect(second).toEqual({
      show_once_warning: expect.stringMatching(/cannot be shown again/),
      token: first.token,
      delivery: { kind: "none" },
    });
    expectSameFacts(result, "kind");
    expect(await tokens()).toHaveLength(1);
    expect(framesWith(first.credential?.token ?? "none")).toHaveLength(1);
  });

  it("is refused when it asks for something else", async () => {
    await call({ name: "ci", idempotency_key: "once" });
    expectRefusal(await call({ name: "other", idempotency_key: "once" }), "conflict");
    expect(await tokens()).toHaveLength(1);
  });
});

describe("is refused, and nothing is minted,", () => {
  it.each<[string, Record<string, unknown>, string, object]>([
    ["an unknown argument", { permision: "read_write" }, "invalid_input", { did_you_mean: "permission" }],
    [
      "an unknown permission",
      { permission: "readonly" },
      "invalid_input",
      { did_you_mean: "read_only", allowed: ["read_only", "read_write"] },
    ],
    ["an unknown delivery", { deliver_to: "files" }, "invalid_input", { did_you_mean: "file" }],
    ["no name", { name: undefined }, "invalid_input", {}],
    ["an empty name", { name: "" }, "invalid_input", {}],
    ["a name of spaces", { name: "  " }, "invalid_input", {}],
    ["a name with invisible characters", { name: "ci\u202egnp" }, "invalid_input", {}],
    ["a name that is too long", { name: "n".repeat(101) }, "invalid_input", {}],
    ["an end in the past", { expires: "2026-02-28" }, "invalid_input", {}],
    ["an end that is no day", { expires: "2026-02-30" }, "invalid_input", {}],
    ["an end that is no time", { expires: "soon" }, "invalid_input", {}],
    ["a key that no header can hold", { idempotency_key: "\u043a\u043b\u044e\u0447" }, "invalid_input", {}],
    ["an unknown environment", { environment: "prodution" }, "not_found", {}],
    ["an unknown provider", { provider: "nobody" }, "not_found", { allowed: ["local", "flyio", "jfrog"] }],
  ])("%s", async (_what, args, code, details) => {
    const result = await call({ name: "ci", ...args });
    expectRefusal(result, code as "conflict");
    expect(result.error).toMatchObject(details);
    expect(await tokens()).toEqual([]);
  });

  it.each(["91d", "never", "2027-01-01"])("a life beyond the operator's limit: %s", async (expires) => {
    await reopen({ env: { FLY_TOKENS_MAX_EXPIRY: "90d" } });
    const result = await call({ name: "ci", expires });
    expectRefusal(result, "forbidden", /FLY_TOKENS_MAX_EXPIRY/);
    expect(result.error.allowed).toEqual(["90d"]);
    expect(await tokens()).toEqual([]);
    answerOf(generateToken, await call({ name: "ci", expires: result.error.allowed?.[0] }));
  });

  it("a value in the result, where the operator forbids that", async () => {
    await reopen({ env: { FLY_TOKENS_INLINE_SECRETS: "deny" } });
    const result = await call({ name: "ci" });
    expectRefusal(result, "forbidden", /FLY_TOKENS_INLINE_SECRETS=deny.*deliver_to file/);
    const { allowed, did_you_mean } = result.error;
    // What asks least of the caller comes first.
    expect(allowed?.slice(0, 3)).toEqual(["file", "env_file", "keychain"]);
    expect(did_you_mean).toBe("file");
    expect(await tokens()).toEqual([]);
    const path = join(world.home, "token");
    answerOf(generateToken, await call({ name: "ci", deliver_to: "file", deliver_path: path }));
  });

  it("a call with a key that nobody has", async () => {
    await reopen({ env: { FLY_TOKENS_LOCAL_KEY: "flyk_nobody-has-this-key" } });
    expectRefusal(await call({ name: "ci" }), "not_configured", /FLY_TOKENS_LOCAL_KEY/);
    expect(await tokens()).toEqual([]);
  });

  it("a call when the registry is gone", async () => {
    await world.registry.close();
    expectRefusal(await call({ name: "ci" }), "provider_down", /Nothing answers at/);
  });
});
