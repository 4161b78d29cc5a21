import { describe, expect, test } from "vitest";
import { toJson } from "../../../src/macaroon/caveat.ts";
import { macaroonsOf, parseHeader } from "../../../src/macaroon/header.ts";
import type { FlyioRequest, IssueRequest } from "../../../src/providers/provider.ts";
import { rejection } from "../server.ts";
import { day, inDays, type Stage, stage } from "./open.ts";

async function issue(opened: Stage, flyio?: FlyioRequest, part: Partial<IssueRequest> = {}) {
  const { token, secret } = await opened.provider.tokens.issue({
    name: "ci",
    permission: "read_only",
    expires_at: inDays(opened.now()),
    flyio,
    ...part,
  });
  const header = secret?.reveal() ?? "";
  const may = (action: string, access: Record<string, unknown> = {}) =>
    opened.fake.verify(header, { org_slug: "acme", action, ...access }).allowed;
  return { token, header, may };
}

/** The caveats that each permission token has beyond those of the one that the fake made. */
function added(opened: Stage, header: string): unknown[][] {
  const made = parseHeader(opened.fake.tokens.at(-1)?.header ?? "");
  const [base] = macaroonsOf(made, "permission");
  return macaroonsOf(parseHeader(header), "permission").map(({ caveats }) =>
    caveats.slice(base?.caveats.length).map(toJson),
  );
}

const web = { app_name: "web" };
const api = { app_name: "api" };

describe("the kind", () => {
  test("deploy is for one app, and does there everything", async () => {
    await using opened = await stage();
    const { token, header, may } = await issue(opened, { app: "web" }, { permission: "read_write" });
    expect(token).toMatchObject({
      name: "ci",
      username: "x",
      permission: "read_write",
      scope: "deploy: app web in organization acme",
      created_by: "alice@example.com",
    });
    expect(opened.fake.tokens.at(-1)).toMatchObject({ profile: "deploy", profileParams: { app_id: "web" } });
    expect(header).toBe(opened.fake.tokens.at(-1)?.header);
    expect([may("w", web), may("d", web), may("r", api), may("r")]).toEqual([true, true, false, false]);
  });

  test("org is for everything in it", async () => {
    await using opened = await stage();
    const { token, may } = await issue(opened, { kind: "org" });
    expect(token).toMatchObject({
      name: "ci",
      permission: "read_write",
      scope: "org: organization acme",
    });
    expect([may("rwcdC", web), may("rwcdC")]).toEqual([true, true]);
  });

  test("readonly of an organization reads in it, by the caveat that flyctl adds", async () => {
    await using opened = await stage();
    const { token, header, may } = await issue(opened);
    expect(token).toMatchObject({
      name: "[readonly] ci",
      permission: "read_only",
      scope: "readonly: organization acme",
    });
    const { number } = opened.fake.org("acme");
    expect(added(opened, header)).toEqual([[{ type: "Organization", body: { id: number, mask: "r" } }]]);
    expect([may("r"), may("r", web), may("w", web), may("rw")]).toEqual([true, true, false, false]);
  });

  test("readonly of an app reads that one, which flyctl has no command for", async () => {
    await using opened = await stage();
    const { token, header, may } = await issue(opened, { app: "web" });
    expect(token).toMatchObject({
      name: "[readonly] ci",
      permission: "read_only",
      scope: "readonly: app web in organization acme",
    });
    expect(added(opened, header)).toEqual([[{ type: "Action", body: "r" }]]);
    expect([may("r", web), may("w", web), may("C", web), may("r", api)]).toEqual([true, false, false, false]);
  });

  test("readonly of several apps reads those", async () => {
    await using opened = await stage();
    opened.fake.addApp("acme", "db");
    const { token, header, may } = await issue(opened, { apps: ["web", "api", "web"] });
    expect(token).toMatchObject({
      name: "[readonly] [apps] ci",
      permission: "read_only",
      scope: "readonly: several apps in organization acme",
    });
    const ids = [opened.fake.app("web").number, opened.fake.app("api").number];
    expect(added(opened, header)).toEqual([
      [{ type: "Apps", body: { apps: Object.fromEntries(ids.map((id) => [id, "r"])) } }],
    ]);
    expect([may("r", web), may("r", api), may("w", web), may("r", { app_name: "db" }), may("r")]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test.each<FlyioRequest>([{ apps: ["web", "api"] }, { kind: "org", apps: ["web", "api"] }])(
    "of several apps, by %j, writes to those",
    async (flyio) => {
      await using opened = await stage();
      opened.fake.addApp("acme", "db");
      const { token, may } = await issue(opened, flyio, { permission: "read_write" });
      expect(token).toMatchObject({
        name: "[apps] ci",
        permission: "read_write",
        scope: "apps: several apps in organization acme",
      });
      expect([may("w", web), may("d", api), may("r", { app_name: "db" }), may("r")]).toEqual([
        true,
        true,
        false,
        false,
      ]);
    },
  );

  test("ssh is two tokens: one reads, one gets certificates and peers", async () => {
    await using opened = await stage();
    const { token, header, may } = await issue(opened, { kind: "ssh", app: "web" });
    expect(token).toMatchObject({
      name: "[ssh] ci",
      permission: "custom",
      scope: "ssh: app web in organization acme",
    });
    expect(added(opened, header)).toEqual([
      [{ type: "Action", body: "r" }],
      [{ type: "Mutations", body: { mutations: ["issueCertificate", "addWireGuardPeer"] } }],
    ]);
    const certificate = { ...web, mutation: "issueCertificate" };
    expect([
      may("r", web),
      may("w", web),
      may("w", certificate),
      may("w", { ...web, mutation: "x" }),
    ]).toEqual([true, false, true, false]);
  });

  test("machine-exec runs what is named, word by word, and reads", async () => {
    await using opened = await stage();
    const { token, header, may } = await issue(opened, {
      kind: "machine-exec",
      app: "web",
      commands: [["uptime"], ["echo", "a, b"]],
      command_prefixes: [["ls", "-l"]],
    });
    expect(token).toMatchObject({ name: "[machine-exec] ci", permission: "custom" });
    expect(added(opened, header)).toEqual([
      [
        {
          type: "IfPresent",
          body: {
            ifs: [
              {
                type: "Commands",
                body: [
                  { args: ["uptime"], exact: true },
                  { args: ["echo", "a, b"], exact: true },
                  { args: ["ls", "-l"] },
                ],
              },
            ],
            else: "r",
          },
        },
      ],
    ]);
    const machine_id = opened.fake.app("web").machines[0]?.id;
    const runs = (...command: string[]) => may("C", { ...web, machine_id, command });
    expect([runs("uptime"), runs("uptime", "-p"), runs("echo", "a, b"), runs("echo", "a", "b")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([runs("ls", "-l", "/"), runs("ls"), may("r", web), may("w", web)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("machine-exec without commands runs any", async () => {
    await using opened = await stage();
    const { header, may } = await issue(opened, { kind: "machine-exec", app: "web" });
    expect(added(opened, header)).toEqual([
      [{ type: "IfPresent", body: { ifs: [{ type: "Commands", body: [{ args: [] }] }], else: "r" } }],
    ]);
    const machine_id = opened.fake.app("web").machines[0]?.id;
    expect(may("C", { ...web, machine_id, command: ["rm", "-rf"] })).toBe(true);
    expect(may("w", web)).toBe(false);
  });

  test("wireguard manages peers, touches no app, and reads the rest", async () => {
    await using opened = await stage();
    const { token, header, may } = await issue(opened, { kind: "wireguard" });
    expect(token).toMatchObject({ name: "[wireguard] ci", permission: "custom" });
    expect(added(opened, header)).toEqual([
      [
        {
          type: "IfPresent",
          body: {
            ifs: [
              { type: "Apps", body: { apps: {} } },
              { type: "FeatureSet", body: { features: { wg: "rwcdC" } } },
            ],
            else: "r",
          },
        },
      ],
    ]);
    expect([may("c", { org_feature: "wg" }), may("r", web), may("r"), may("w")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("litefs-cloud is for one cluster", async () => {
    await using opened = await stage();
    const { token } = await issue(opened, { kind: "litefs-cloud", cluster: "c1" });
    expect(token).toMatchObject({
      name: "ci",
      permission: "custom",
      scope: "litefs-cloud: cluster c1 in organization acme",
    });
    expect(opened.fake.tokens.at(-1)).toMatchObject({
      profile: "litefs_cloud",
      profileParams: { cluster: "c1" },
    });
  });

  test("decides over the permission", async () => {
    await using opened = await stage();
    const part = { permission: "read_write" } as const;
    expect((await issue(opened, { kind: "readonly", app: "web" }, part)).token.permission).toBe("read_only");
    expect((await issue(opened, { kind: "deploy", app: "web" })).token.permission).toBe("read_write");
  });

  test.each<[FlyioRequest, string]>([
    [{ kind: "deploy" }, "needs app"],
    [{ kind: "ssh", org: "acme" }, "needs app"],
    [{ kind: "machine-exec", commands: [["ls"]] }, "needs app"],
    [{ kind: "litefs-cloud" }, "needs cluster"],
    [{ kind: "deploy", app: "web", commands: [["ls"]] }, "commands does not go with the kind deploy"],
    [{ kind: "deploy", app: "web", apps: ["api"] }, "one app or for several"],
    [{ app: "web", apps: ["api"] }, "one app or for several"],
    [{ kind: "deploy", apps: ["api"] }, "needs app"],
    [{ kind: "org", app: "web" }, "app does not go with the kind org"],
    [{ kind: "readonly", cluster: "c" }, "cluster does not go with the kind readonly"],
    [{ kind: "wireguard", app: "web" }, "app does not go"],
    [{ kind: "litefs-cloud", cluster: "c", app: "web" }, "app does not go"],
    [{ app: "web", commands: [["ls"]] }, "commands does not go"],
    [{ app: "web", command_prefixes: [["ls"]] }, "command_prefixes does not go"],
    [{ cluster: "c" }, "cluster does not go"],
    [{ apps: [] }, "empty"],
    [{ kind: "machine-exec", app: "web", commands: [] }, "empty"],
    [{ kind: "machine-exec", app: "web", command_prefixes: [[]] }, "empty"],
  ])("refuses %j, and nothing is made or asked", async (flyio, sentence) => {
    await using opened = await stage();
    const error = await rejection(issue(opened, flyio));
    expect(error).toMatchObject({ code: "invalid_input", message: expect.stringContaining(sentence) });
    expect(opened.fake.requests).toEqual([]);
  });

  test("that takes a part is named where another one does not", async () => {
    await using opened = await stage();
    expect(await rejection(issue(opened, { app: "web", commands: [["ls"]] }))).toMatchObject({
      allowed: ["machine-exec"],
    });
  });
});

describe("the organization", () => {
  test("is the named one, before FLY_ORG", async () => {
    await using opened = await stage();
    opened.fake.addOrg({ slug: "other", members: { "alice@example.com": "member" } });
    expect((await issue(opened, { org: "other" })).token.scope).toContain("organization other");
    expect((await issue(opened)).token.scope).toContain("organization acme");
  });

  test("is the app's own, without FLY_ORG", async () => {
    await using opened = await stage();
    opened.provider = opened.open();
    expect((await issue(opened, { app: "web" })).token.scope).toContain("organization acme");
    expect((await issue(opened, { apps: ["web", "api"] })).token.scope).toContain("organization acme");
  });

  test("that FLY_ORG names is not the app's: the refusal says whose word that was, and what to do", async () => {
    await using opened = await stage();
    opened.fake.addOrg({ slug: "other", members: { "alice@example.com": "admin" }, apps: ["elsewhere"] });
    expect(await rejection(issue(opened, { app: "elsewhere" }))).toMatchObject({
      message: expect.stringMatching(/belongs to the organization other.*acme, which FLY_ORG names/),
      fix: expect.stringContaining("flyio.org"),
    });
    const { token } = await issue(opened, { app: "elsewhere", org: "other" });
    expect(token.scope).toContain("organization other");
  });

  test("is the only one that there is", async () => {
    await using opened = await stage({ users: ["ann@example.com"] });
    opened.provider = opened.open();
    expect((await issue(opened)).token.scope).toContain("organization personal");
  });

  test("has to be named where there are several, and those are listed", async () => {
    await using opened = await stage();
    opened.provider = opened.open();
    const error = await rejection(issue(opened));
    expect(error).toMatchObject({
      code: "invalid_input",
      fix: expect.stringContaining("FLY_ORG"),
      allowed: ["personal", "acme"],
    });
    expect(opened.fake.tokens).toEqual([]);
  });

  test("may be called by either of its names", async () => {
    await using opened = await stage();
    opened.fake.addApp("alice-personal", "mine");
    for (const org of ["personal", "alice-personal"])
      expect((await issue(opened, { app: "mine", org })).token.scope).toContain("app mine");
  });

  test.each<FlyioRequest>([
    { app: "elsewhere" },
    { app: "web", org: "other" },
    { apps: ["web", "elsewhere"] },
    { apps: ["elsewhere"] },
    { kind: "ssh", app: "web", org: "personal" },
  ])("that an app does not belong to is refused: %j", async (flyio) => {
    await using opened = await stage();
    opened.fake.addOrg({ slug: "other", members: { "alice@example.com": "admin" }, apps: ["elsewhere"] });
    const error = await rejection(issue(opened, flyio));
    expect(error).toMatchObject({ code: "invalid_input", message: expect.stringContaining("belongs to") });
    expect(opened.fake.tokens).toEqual([]);
  });

  test("of two apps has to be the same, even where none is named", async () => {
    await using opened = await stage();
    opened.fake.addOrg({ slug: "other", members: { "alice@example.com": "admin" }, apps: ["elsewhere"] });
    opened.provider = opened.open();
    expect(await rejection(issue(opened, { apps: ["web", "elsewhere"] }))).toMatchObject({
      code: "invalid_input",
    });
  });

  test.each<FlyioRequest>([{ app: "nothing" }, { org: "nothing" }, { apps: ["web", "nothing"] }])(
    "or the app that does not exist is not found: %j",
    async (flyio) => {
      await using opened = await stage();
      const error = await rejection(issue(opened, flyio));
      expect(error).toMatchObject({ code: "not_found", message: expect.stringContaining('"nothing"') });
    },
  );
});

describe("the end", () => {
  test.each([
    [30 * day, "720h0m0s"],
    [90_061_000, "25h1m1s"],
    [1000, "0h0m1s"],
    [30 * day - 4, "720h0m0s"],
    [20 * 365 * day, "175200h0m0s"],
  ])("in %i ms is said as %s", async (life, expected) => {
    await using opened = await stage();
    await issue(opened, {}, { expires_at: new Date(opened.now().getTime() + life) });
    const sent = opened.fake.requests.at(-1)?.variables.input;
    expect(sent).toMatchObject({ expiry: expected });
  });

  test.each([[null], [new Date(0)], [new Date(Number.NaN)]])(
    "%j is refused, and nothing is asked",
    async (expires_at) => {
      await using opened = await stage();
      expect(await rejection(issue(opened, {}, { expires_at }))).toMatchObject({ code: "invalid_input" });
      expect(opened.fake.requests).toEqual([]);
    },
  );

  test("never is refused with what would do", async () => {
    await using opened = await stage();
    expect(await rejection(issue(opened, {}, { expires_at: null }))).toMatchObject({
      message: expect.stringContaining("20 years"),
      fix: expect.stringContaining(
        inDays(opened.now(), 20 * 365)
          .toISOString()
          .slice(0, 10),
      ),
    });
  });

  test("in more than 20 years is refused", async () => {
    await using opened = await stage();
    const expires_at = inDays(opened.now(), 20 * 365 + 1);
    expect(await rejection(issue(opened, {}, { expires_at }))).toMatchObject({ code: "invalid_input" });
  });
});

describe("the name", () => {
  test("is told to Fly.io with a mark, which is not shown", async () => {
    await using opened = await stage();
    const { token } = await issue(opened, { app: "web" }, { permission: "read_write", name: " Deploy  №1 " });
    expect(token.name).toBe("Deploy №1");
    expect(opened.fake.tokens.at(-1)?.name).toMatch(/^Deploy №1 #r[0-9a-f]{28}$/);
    const [listed] = (await opened.provider.tokens.list({ limit: 1 })).items;
    expect(listed).toEqual(token);
  });

  test("that ends like a mark keeps its end", async () => {
    await using opened = await stage();
    const name = `ci #r${"0".repeat(28)}`;
    const part = { permission: "read_write", name } as const;
    expect((await issue(opened, { app: "web" }, part)).token.name).toBe(name);
  });

  test("that has its label already does not get it twice", async () => {
    await using opened = await stage();
    expect((await issue(opened, {}, { name: "[readonly] ci" })).token.name).toBe("[readonly] ci");
  });

  test.each(["", "  ", "a\u202eb", "a\u200bb", "a\nb", "x".repeat(101), "[ssh] ci", "[apps] x"])(
    "%j is refused, and nothing is asked",
    async (name) => {
      await using opened = await stage();
      expect(await rejection(issue(opened, {}, { name }))).toMatchObject({ code: "invalid_input" });
      expect(opened.fake.requests).toEqual([]);
    },
  );

  test("of 100 characters is not too long", async () => {
    await using opened = await stage();
    const name = "😀".repeat(100);
    expect((await issue(opened, {}, { name })).token.name).toBe(`[readonly] ${name}`);
  });

  test("of others that looks like ours says nothing", async () => {
    await using opened = await stage();
    opened.fake.addToken({ name: "[readonly] by hand", app: "web" });
    opened.fake.addToken({ name: "Read-only org token" });
    const { items } = await opened.provider.tokens.list({ limit: 9, sort: "name" });
    expect(items.map(({ name, permission, scope }) => [name, permission, scope])).toEqual([
      [
        "[readonly] by hand",
        "read_write",
        "deploy: app web in organization acme; made elsewhere, may have been narrowed",
      ],
      ["Read-only org token", "read_write", "org: organization acme; made elsewhere, may have been narrowed"],
    ]);
  });
});

describe("who may not make tokens", () => {
  const scoped = { FLY_API_TOKEN: "" };

  test("is a scoped token, and is told what would do", async () => {
    await using opened = await stage();
    scoped.FLY_API_TOKEN = opened.fake.addToken().header;
    opened.provider = opened.open(scoped);
    expect(await rejection(issue(opened))).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("scoped token"),
      fix: expect.stringMatching(/fly auth login.*FLY_API_TOKEN.*restrict_token/),
    });
    expect(opened.fake.tokens.length).toBe(1);
  });

  test("is a token that has ended, and it is said when", async () => {
    await using opened = await stage();
    scoped.FLY_API_TOKEN = opened.fake.addToken({ expiry: "1h" }).header;
    opened.provider = opened.open(scoped);
    opened.advance(2 * 3_600_000);
    expect(await rejection(issue(opened, { org: "acme" }))).toMatchObject({
      code: "unauthorized",
      message: "The credential in FLY_API_TOKEN ended at 2026-11-22T13:00:00.000Z.",
    });
  });

  test("is a token without its discharge, and it is said whose", async () => {
    await using opened = await stage();
    opened.fake.addOrg({ slug: "sso", members: { "alice@example.com": "admin" }, demandsDischarge: true });
    scoped.FLY_API_TOKEN = opened.fake.addToken({ org: "sso" }).header;
    opened.provider = opened.open(scoped);
    expect(await rejection(issue(opened, { org: "sso" }))).toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("https://auth.fly.io"),
      fix: expect.stringContaining("fly auth login"),
    });
  });

  test("is not the user whose token is beside a macaroon", async () => {
    await using opened = await stage();
    const user = opened.fake.users[0]?.token;
    opened.provider = opened.open({ FLY_API_TOKEN: `${opened.fake.addToken().header},${user}` });
    expect((await issue(opened, { app: "web" })).token.status).toBe("active");
  });
});

test("an environment is refused: there an app is what is deployed", async () => {
  await using opened = await stage();
  expect(await rejection(issue(opened, {}, { environment: "production" }))).toMatchObject({
    code: "unsupported",
    fix: expect.stringContaining("flyio.app"),
  });
});
