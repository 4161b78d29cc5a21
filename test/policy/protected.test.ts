import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectRefusal } from "../support/answers.ts";
import { type Machine, openMachine } from "../support/machine.ts";
import type { Answer, ClientOptions } from "../support/world.ts";

let clock: Date;
let folder: string;
let machine: Machine;

/** A machine whose operator has these rules. */
async function ruled(rules: object, env: Record<string, string> = {}, now = () => clock): Promise<Machine> {
  const path = join(folder, "policy.json");
  await writeFile(path, JSON.stringify(rules), { mode: 0o600 });
  const programs = { npm: "exit 0" };
  const opened = await openMachine({ now, programs, env: { FLY_TOKENS_POLICY: path, ...env } });
  for (const name of ["production", "staging"]) await opened.registry.call("POST", "/environments", { name });
  return opened;
}

beforeEach(async () => {
  clock = new Date("2026-03-01T10:00:00Z");
  folder = await mkdtemp(join(tmpdir(), "fly-tokens-policy-"));
  machine = await ruled({ environments: { production: { protected: true, max_expiry: "2d" } } });
});
afterEach(async () => {
  await machine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const minted = async () => (await machine.tokens()).length;
const deploy = { name: "deploy", environment: "production" };
const npm = { manager: "npm", environment: "production" };
const pass = (milliseconds: number) => {
  clock = new Date(clock.getTime() + milliseconds);
};
/** Somebody who needs five seconds to read. */
const person = (answer: Answer) => () => {
  pass(5_000);
  return answer;
};
const typed = (confirm: string): Answer => ({ action: "accept", content: { confirm } });

interface Required {
  confirmation_required?: { plan: string[]; confirmation: string };
}
const required = ({ data }: { data: unknown }) => (data as Required).confirmation_required;

const eras: ClientOptions["era"][] = ["legacy", "modern"];

describe.each(eras)("a client of the %s era with forms", (era) => {
  it("shows a person what would be made, and makes that when they type the environment's name", async () => {
    let message = "";
    const { call } = await machine.connect({
      era,
      ask: (said) => {
        message = said;
        return person(typed("production"))();
      },
    });
    const args = { ...deploy, permission: "read_write", reason: "release\u202E 7" };
    const { data, isError } = await call("generate_token", args);
    expect(isError).toBeUndefined();
    expect(data).toMatchObject({
      token: { name: "deploy", permission: "read_write", environment: "production" },
      credential: { token: expect.stringMatching(/^flyt_/) },
    });
    const said = ["deploy, read_write, for production", "lives for 2d", "goes to inline", "given: release 7"];
    for (const words of [...said, "environments.production.protected"]) expect(message).toContain(words);
    expect(await minted()).toBe(1);
  });

  it.each<[string, Answer]>([
    ["declines", { action: "decline" }],
    ["types something else", typed("deploy")],
  ])("mints nothing when the person %s", async (_what, answer) => {
    const { call } = await machine.connect({ era, ask: person(answer) });
    for (const result of [await call("generate_token", deploy), await call("configure_package_manager", npm)])
      expectRefusal(result, "declined");
    expect(await minted()).toBe(0);
    expect(await machine.read(".npmrc")).toBeUndefined();
  });

  it("sets a package manager up when the person agrees", async () => {
    let message = "";
    const { call } = await machine.connect({
      era,
      ask: (said) => {
        message = said;
        return person(typed("production"))();
      },
    });
    const { isError, data } = await call("configure_package_manager", npm);
    expect(isError).toBeUndefined();
    expect(message).toContain("npm on test-machine");
    expect(message).toContain(machine.at(".npmrc"));
    expect(data).toMatchObject({ token: { name: "npm on test-machine" } });
    expect(await machine.read(".npmrc")).toContain("flyt_");
  });
});

describe.each(eras)("a client of the %s era without forms", (era) => {
  it("gets a plan, and the second call mints exactly that, once", async () => {
    const { call, client } = await machine.connect({ era });
    // A client checks results against what it was told of them.
    await client.listTools();
    const args = { ...deploy, expires: "1d" };
    const first = required(await call("generate_token", args));
    expect(first?.plan.join()).toContain("lives for 1d");
    expect(await minted()).toBe(0);
    const confirmation = first?.confirmation;
    pass(60_000);
    expectRefusal(await call("generate_token", { ...args, expires: "2d", confirmation }), "declined");
    expectRefusal(await call("configure_package_manager", { ...npm, confirmation }), "declined");
    const { data } = await call("generate_token", { ...args, confirmation });
    expect(data).toMatchObject({
      token: { expires_at: new Date(clock.getTime() + 86_400_000).toISOString() },
    });
    expectRefusal(await call("generate_token", { ...args, confirmation }), "declined");
    expect(await minted()).toBe(1);
  });

  it("sets a package manager up in two calls, and is asked nothing when it is set up already", async () => {
    const { call, client } = await machine.connect({ era });
    await client.listTools();
    expect(required(await call("configure_package_manager", { ...npm, dry_run: true }))).toBeUndefined();
    const confirmation = required(await call("configure_package_manager", npm))?.confirmation;
    expect([await minted(), await machine.read(".npmrc")]).toEqual([0, undefined]);
    const { data } = await call("configure_package_manager", { ...npm, confirmation });
    expect(data).toMatchObject({ managers: ["npm"], restore_id: expect.any(String) });
    const again = await call("configure_package_manager", npm);
    expect(again.data).toMatchObject({
      changes: [],
      warnings: [expect.stringMatching(/nothing was minted/)],
    });
    expect(await minted()).toBe(1);
  });

  it("is not asked again about what it was given before", async () => {
    const { call } = await machine.connect({ era });
    const args = { ...deploy, idempotency_key: "release-7" };
    const confirmation = required(await call("generate_token", args))?.confirmation;
    const first = await call("generate_token", { ...args, confirmation });
    const again = await call("generate_token", args);
    const { id } = (first.data as unknown as { token: { id: string } }).token;
    expect(again.data).toMatchObject({ token: { id }, delivery: { kind: "none" } });
    expect(again.wire).not.toContain("flyt_");
    // Another token, or one that is dead, is another matter.
    expect(
      required(await call("generate_token", { ...args, permission: "read_write", reason: "x" })),
    ).toBeDefined();
    await machine.registry.call("POST", `/tokens/${id}/revoke`);
    expect(required(await call("generate_token", args))).toBeDefined();
    expect(await minted()).toBe(1);
  });
});

describe("in a protected environment", () => {
  it("nobody is asked about what is refused", async () => {
    for (const [tool, args] of [
      ["generate_token", { ...deploy, expires: "3d" }],
      ["generate_token", { ...deploy, permission: "read_write" }],
      ["configure_package_manager", { ...npm, expires: "never" }],
      ["configure_package_manager", { ...npm, permission: "read_write" }],
    ] as const) {
      const result = await machine.call(tool, args);
      expectRefusal(
        result,
        "forbidden",
        /environments\.production\.(max_expiry|protected) in .*policy\.json/,
      );
      expect(result.error.did_you_mean).toMatch(/^(2d|read_only)$/);
    }
    expectRefusal(
      await machine.call("generate_token", { ...deploy, environment: "Production" }),
      "not_found",
    );
    expect(await minted()).toBe(0);
  });

  it.each(["never", "auto"])("a person is asked with confirm: %s", async (confirm) => {
    await using other = await ruled(
      { environments: { "*": { protected: true } } },
      { FLY_TOKENS_CONFIRM: confirm },
    );
    expect(required(await other.call("generate_token", { ...deploy, environment: "staging" }))).toBeDefined();
    expect(await other.tokens()).toEqual([]);
    expect((await other.call("generate_token", { name: "of none" })).isError).toBeUndefined();
  });

  it("a confirmation has to be approved at a terminal with confirm: always in the file", async () => {
    await using other = await ruled({ confirm: "always", environments: { production: { protected: true } } });
    const confirmation = required(await other.call("generate_token", deploy))?.confirmation ?? "";
    const early = await other.call("generate_token", { ...deploy, confirmation });
    expectRefusal(early, "needs_confirmation", /confirm in .*policy\.json/);
    await other.context.confirmations.approve(confirmation);
    expect((await other.call("generate_token", { ...deploy, confirmation })).isError).toBeUndefined();
  });

  it("a rotation asks, even with confirm: never, and the successor is made when somebody agreed", async () => {
    const rules = { environments: { production: { protected: true } } };
    await using other = await ruled(rules, { FLY_TOKENS_CONFIRM: "never" });
    const agreedTo = async (tool: string, args: Record<string, unknown>) => {
      const confirmation = required(await other.call(tool, args))?.confirmation;
      expect(confirmation).toBeDefined();
      return other.call(tool, { ...args, confirmation });
    };
    const place = { deliver_to: "file", deliver_path: other.at("token") };
    const write = { ...deploy, ...place, permission: "read_write" };
    const made = await agreedTo("generate_token", { ...write, reason: "the release" });
    const { id } = (made.data as unknown as { token: { id: string } }).token;
    expectRefusal(await other.call("rotate_token", { id }), "forbidden", /needs a reason/);
    expect(await other.tokens()).toHaveLength(1);
    const { isError, wire } = await agreedTo("rotate_token", { id, reason: "it is due" });
    expect(isError, wire).toBeUndefined();
    expect((await other.tokens()).map(({ status }) => status).sort()).toEqual(["active", "revoked"]);
  });

  it("a life is said as it was meant, whatever time passes in between, so that it stays one question", async () => {
    await machine[Symbol.asyncDispose]();
    machine = await ruled({ environments: { production: { protected: true, max_expiry: "7d" } } }, {}, () => {
      pass(7);
      return clock;
    });
    const { call } = await machine.connect();
    for (const [tool, args] of [
      ["generate_token", deploy],
      ["configure_package_manager", npm],
    ] as const) {
      expect(required(await call(tool, args))?.plan).toContain("It lives for 7d.");
    }
  });

  it("nothing is minted by whoever forgot to ask", async () => {
    const { context } = machine;
    const { tokens } = context.use("tokens");
    const { mint } = await import("../../src/minting.ts");
    const order = { name: "x", permission: "read_only", environment: "production" } as const;
    const expires_at = new Date(clock.getTime() + 3_600_000);
    await expect(mint(tokens, { ...order, expires_at }, context)).rejects.toMatchObject({
      code: "needs_confirmation",
    });
    await expect(mint(tokens, { ...order, expires_at: null, agreed: true }, context)).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await minted()).toBe(0);
  });

  it("no argument loosens it", async () => {
    for (const claim of [
      { agreed: true },
      { confirm: "never" },
      { confirmation: "yes" },
      { confirmation: "" },
    ])
      expect((await machine.call("generate_token", { ...deploy, ...claim })).isError).toBe(true);
    expect(await minted()).toBe(0);
  });
});

describe("what agents are told", () => {
  const listed = async ({ connect }: Machine) => (await (await connect()).client.listTools()).tools;
  const schemaOf = (tools: Awaited<ReturnType<typeof listed>>, name: string) =>
    tools.find((tool) => tool.name === name);

  it("is nothing of it where nothing is protected", async () => {
    await using other = await ruled({ max_expiry: "9d", environments: { production: { permissions: [] } } });
    await using none = await openMachine();
    const tools = await listed(other);
    expect(tools).toEqual(await listed(none));
    for (const name of ["generate_token", "configure_package_manager"])
      expect(JSON.stringify(schemaOf(tools, name))).not.toMatch(/reason|confirmation/);
    // It is understood all the same.
    const result = await other.call("generate_token", { name: "ci", reason: "the build" });
    expect(result.isError).toBeUndefined();
  });

  it("is how to ask where something is", async () => {
    const tools = await listed(machine);
    for (const name of ["generate_token", "configure_package_manager"]) {
      const { inputSchema, outputSchema } = schemaOf(tools, name) ?? {};
      expect(Object.keys(inputSchema?.properties ?? {})).toEqual(
        expect.arrayContaining(["reason", "confirmation"]),
      );
      expect(Object.keys(outputSchema?.properties ?? {})).toContain("confirmation_required");
      expect(outputSchema?.required ?? []).toEqual([]);
    }
  });

  it("are the rules, by get_status", async () => {
    const { data, text } = await machine.call("get_status");
    const { rules } = (data as unknown as { policy: { rules: string[] } }).policy;
    expect(rules.join()).toMatch(
      /policy\.json.*A token of production: lives at most 2d; a person is asked first/,
    );
    for (const rule of rules) expect(text).toContain(rule);
  });
});

describe("the file's other rules hold as the settings do:", () => {
  it("read_only and tools", async () => {
    await using reading = await ruled({ read_only: true, tools: ["get_status", "generate_token"] });
    const { client } = await reading.connect();
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["get_status"]);
  });

  it("inline_secrets and deliveries", async () => {
    await using other = await ruled({
      inline_secrets: "deny",
      environments: { staging: { deliveries: ["keychain"] } },
    });
    const path = other.at("token");
    const inline = await other.call("generate_token", { name: "ci" });
    expectRefusal(inline, "forbidden", /inline_secrets in .*policy\.json/);
    const file = { deliver_to: "file", deliver_path: path };
    const staging = await other.call("generate_token", { name: "ci", environment: "staging", ...file });
    expectRefusal(staging, "forbidden", /environments\.staging\.deliveries in/);
    expect(staging.error).toMatchObject({ allowed: ["keychain"], did_you_mean: "keychain" });
    expect(await other.tokens()).toEqual([]);
    expect((await other.call("generate_token", { name: "ci", ...file })).isError).toBeUndefined();
  });

  it("max_expiry: the default shrinks to it", async () => {
    await using other = await ruled({ max_expiry: { read_only: "3d", read_write: "1d" } });
    const life = async (permission: string) => {
      const { data } = await other.call("generate_token", { name: permission, permission });
      const { token } = data as unknown as { token: { expires_at: string } };
      return (Date.parse(token.expires_at) - clock.getTime()) / 86_400_000;
    };
    expect([await life("read_only"), await life("read_write")]).toEqual([3, 1]);
    const { text } = await other.call("get_status");
    expect(text).toContain("tokens live at most 72 hours");
  });
});
