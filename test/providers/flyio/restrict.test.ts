import { describe, expect, test } from "vitest";
import { toJson } from "../../../src/macaroon/caveat.ts";
import { macaroonsOf, parseHeader } from "../../../src/macaroon/header.ts";
import type { Access, Restrictions } from "../../../src/providers/provider.ts";
import { Secret } from "../../../src/secret.ts";
import { rejection } from "../server.ts";
import { type Flyio, type Stage, stage } from "./open.ts";

/** Without any credential, and with a network that nobody answers on. */
function offline(opened: Stage): Flyio {
  return opened.open(
    { FLY_API_TOKEN: "" },
    {
      fetch: async () => {
        throw new TypeError("fetch failed");
      },
    },
  );
}

function caveatsIn(secret: Secret): unknown[][] {
  return macaroonsOf(parseHeader(secret.reveal()), "permission").map(({ caveats }) => caveats.map(toJson));
}

async function narrowed(
  opened: Stage,
  restrictions: Restrictions,
  provider = opened.provider,
  longest?: number,
) {
  const parent = new Secret(opened.fake.addToken().header);
  const limit = longest === undefined ? undefined : { longest, rule: "THE_RULE" };
  const { secret, explanation } = await provider.restrict.narrow(parent, restrictions, limit);
  const count = caveatsIn(parent)[0]?.length ?? 0;
  const may = (action: string, access: Record<string, unknown> = {}) =>
    opened.fake.verify(secret.reveal(), { org_slug: "acme", action, ...access }).allowed;
  return { secret, explanation, may, added: caveatsIn(secret)[0]?.slice(count) };
}

const anHour = 3_600_000;
const web = { app_name: "web" };

describe("narrowing", () => {
  test.each<[Restrictions, unknown[]]>([
    [{ read_only: true }, [{ type: "Action", body: "r" }]],
    [{ actions: "rwcC" }, [{ type: "Action", body: "rwcC" }]],
    [{ actions: "read, write" }, [{ type: "Action", body: "rw" }]],
    [{ actions: "everything but delete" }, [{ type: "Action", body: "rwcC" }]],
    [{ apps: ["123"] }, [{ type: "Apps", body: { apps: { 123: "rwcdC" } } }]],
    [{ machines: ["m1"] }, [{ type: "Machines", body: { machines: { m1: "rwcdC" } } }]],
    [{ volumes: ["vol_1"] }, [{ type: "Volumes", body: { volumes: { vol_1: "rwcdC" } } }]],
    [
      { apps: ["123"], actions: "r" },
      [
        { type: "Action", body: "r" },
        { type: "Apps", body: { apps: { 123: "r" } } },
      ],
    ],
    [
      { machines: ["m1"], volumes: ["vol_1"] },
      [
        {
          type: "IfPresent",
          body: {
            ifs: [
              { type: "Machines", body: { machines: { m1: "rwcdC" } } },
              { type: "Volumes", body: { volumes: { vol_1: "rwcdC" } } },
            ],
            else: "",
          },
        },
      ],
    ],
    [
      { commands: [["uptime"]], command_prefixes: [["ls", "-l"]] },
      [
        {
          type: "IfPresent",
          body: {
            ifs: [{ type: "Commands", body: [{ args: ["uptime"], exact: true }, { args: ["ls", "-l"] }] }],
            else: "r",
          },
        },
      ],
    ],
    [
      { expires: "2h" },
      [{ type: "ValidityWindow", body: { not_before: 1795348740, not_after: 1795356000 } }],
    ],
    [
      {
        caveats: [
          { type: "IsMember", body: {} },
          { type: "Action", body: "rw" },
        ],
      },
      [
        { type: "IsMember", body: {} },
        { type: "Action", body: "rw" },
      ],
    ],
  ])("to %j needs nobody, and adds its caveats", async (restrictions, expected) => {
    await using opened = await stage();
    const { added, explanation } = await narrowed(opened, restrictions, offline(opened));
    expect(added).toEqual(expected);
    expect(explanation.sentences.at(-1)).toBe(
      "It dies with the token that it was made from, and no list shows it.",
    );
    expect(opened.fake.requests).toEqual([]);
  });

  test("for the contractor: only `uptime`, only on web, and to read what that takes", async () => {
    await using opened = await stage();
    const { may, explanation } = await narrowed(opened, {
      apps: ["web"],
      commands: [["uptime"]],
      expires: "8h",
    });
    const machine_id = opened.fake.app("web").machines[0]?.id;
    const runs = (...command: string[]) => may("C", { ...web, machine_id, command });
    expect([runs("uptime"), runs("uptime", "-p"), runs("sh")]).toEqual([true, false, false]);
    expect([
      may("r", web),
      may("w", web),
      may("d", { ...web, machine_id }),
      may("r", { app_name: "api" }),
      may("r"),
    ]).toEqual([true, false, false, false, false]);
    expect(explanation.sentences.join("\n")).toMatch(/web \(\d+\)/);
    expect(explanation.sentences.join("\n")).toContain("uptime");
    expect(explanation.expires_at).toBe("2026-11-22T20:00:00.000Z");
    opened.advance(9 * 3_600_000);
    expect(runs("uptime")).toBe(false);
  });

  test("to machines and volumes reaches those of either kind", async () => {
    await using opened = await stage();
    const machine_id = opened.fake.app("web").machines[0]?.id ?? "";
    const { may } = await narrowed(opened, { machines: [machine_id], volumes: ["vol_1"] });
    expect([
      may("w", { ...web, machine_id }),
      may("w", { ...web, volume_id: "vol_1" }),
      may("r", { ...web, machine_id: "other" }),
      may("r", { ...web, volume_id: "vol_2" }),
      may("r", web),
    ]).toEqual([true, true, false, false, false]);
  });

  test("holds for each token of a bag, and leaves a user's own out", async () => {
    await using opened = await stage();
    const { fake, provider } = opened;
    const bag = `FlyV1 ${fake.addToken().header.slice(6)},${fake.addToken({ app: "web" }).header.slice(6)},${fake.users[0]?.token}`;
    const { secret, explanation } = await provider.restrict.narrow(new Secret(bag), { read_only: true });
    expect(caveatsIn(secret).map((caveats) => caveats.at(-1))).toEqual([
      { type: "Action", body: "r" },
      { type: "Action", body: "r" },
    ]);
    expect(secret.reveal()).not.toContain("fo1_");
    expect(explanation.sentences).toContain("The user's own token that was beside it is not in it.");
  });

  test("keeps discharges", async () => {
    await using opened = await stage();
    opened.fake.addOrg({ slug: "sso", members: { "alice@example.com": "admin" }, demandsDischarge: true });
    const header = opened.fake.discharge(opened.fake.addToken({ org: "sso" }).header);
    const { secret } = await opened.provider.restrict.narrow(new Secret(header), { read_only: true });
    const may = (action: string) => opened.fake.verify(secret.reveal(), { org_slug: "sso", action }).allowed;
    expect([may("r"), may("w")]).toEqual([true, false]);
  });

  test("can be done again", async () => {
    await using opened = await stage();
    const { restrict } = opened.provider;
    const first = await restrict.narrow(new Secret(opened.fake.addToken().header), { apps: ["web"] });
    const second = await restrict.narrow(first.secret, { read_only: true });
    const may = (action: string, app_name: string) =>
      opened.fake.verify(second.secret.reveal(), { org_slug: "acme", action, app_name }).allowed;
    expect([may("r", "web"), may("w", "web"), may("r", "api")]).toEqual([true, false, false]);
    expect(await rejection(restrict.narrow(second.secret, { read_only: true }))).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("already"),
    });
  });

  test.each<[Restrictions, string]>([
    [{}, "Nothing is taken away"],
    [{ read_only: false }, "Nothing is taken away"],
    [{ caveats: [] }, "Nothing is taken away"],
    [{ actions: "everything" }, "takes nothing away"],
    [{ actions: "rwcdC" }, "takes nothing away"],
    [{ actions: "all but read, write, create, delete and control" }, "No action is left"],
    [{ actions: "R" }, "names no actions"],
    [{ actions: "reed" }, "names no actions"],
    [{ actions: "" }, "names no actions"],
    [{ machines: [" "] }, "empty"],
    [{ machines: [] }, "empty"],
    [{ read_only: true, apps: [] }, "empty"],
    [{ commands: [] }, "empty"],
    [{ command_prefixes: [[]] }, "empty"],
    [{ read_only: true, commands: [["ls"]] }, "runs no commands"],
    [{ actions: "r", command_prefixes: [["ls"]] }, "runs no commands"],
    [{ volumes: ["v"], commands: [["ls"]] }, "reaches none"],
    [{ expires: "never" }, "ends with the one"],
    [{ expires: "yesterday" }, "not a length of time"],
    [{ expires: "2020-01-01" }, "in the past"],
    [{ caveats: [{ type: "NoSuchType", body: {} }] }, "no such type"],
    [{ caveats: [{ type: "Action", body: "x" }] }, "rwcdC"],
    [{ caveats: [{}] }, ""],
    [{ caveats: [{ type: "FlyioUserID", body: 1 }] }, "statement about a user"],
  ])("to %j is refused: %s", async (restrictions, sentence) => {
    await using opened = await stage();
    const error = await rejection(narrowed(opened, restrictions, offline(opened)));
    expect(error).toMatchObject({ code: "invalid_input", message: expect.stringContaining(sentence) });
  });

  test.each<[Restrictions, Restrictions]>([
    [{ read_only: true }, { actions: "write" }],
    [{ apps: ["1"] }, { apps: ["2", "3"] }],
    [{ apps: ["1"], actions: "r" }, { actions: "everything but read" }],
    [{ machines: ["m1"] }, { machines: ["m2"] }],
    [{ machines: ["m1"] }, { volumes: ["v1"] }],
    [{ read_only: true }, { commands: [["ls"]] }],
    [{ commands: [["ls"]] }, { commands: [["sh"]], command_prefixes: [["ps"]] }],
    [{ command_prefixes: [["ls", "-l"]] }, { commands: [["ls"]] }],
    [{ read_only: true }, { caveats: [{ type: "Organization", body: { id: 1, mask: "r" } }] }],
    [{ apps: ["1"] }, { caveats: [{ type: "FeatureSet", body: { features: { wg: "r" } } }] }],
    [{ apps: ["1"] }, { caveats: [{ type: "ConfineUser", body: { id: 1 } }] }],
    [
      { apps: ["1"] },
      { caveats: [{ type: "ValidityWindow", body: { not_before: 99999999990, not_after: 99999999999 } }] },
    ],
  ])("of a token for %j to %j leaves nothing of use, and that is said first", async (before, more) => {
    await using opened = await stage();
    const { secret } = await narrowed(opened, before);
    const { explanation } = await opened.provider.restrict.narrow(secret, more);
    expect(explanation.sentences[0]).toMatch(/^IT (ALLOWS NOTHING|RUNS NONE OF THESE COMMANDS)/);
  });

  test.each<[Restrictions, Restrictions]>([
    [{ apps: ["1", "2"] }, { apps: ["2", "3"] }],
    [{ apps: ["1"] }, { machines: ["m1"], volumes: ["v1"] }],
    [{ actions: "read, write" }, { actions: "everything but write" }],
    [{ command_prefixes: [["ls"]] }, { commands: [["ls", "-l"], ["sh"]] }],
    [
      { machines: ["m1", "m2"], apps: ["1"] },
      { commands: [["ls"]], machines: ["m2"] },
    ],
    [{ expires: "1h" }, { expires: "2h" }],
    [{ apps: ["1"] }, { caveats: [{ type: "Machines", body: { machines: { "": "r" } } }] }],
  ])("of a token for %j to %j leaves something", async (before, more) => {
    await using opened = await stage();
    const { secret } = await narrowed(opened, before);
    const { explanation } = await opened.provider.restrict.narrow(secret, more);
    expect(explanation.sentences.join()).not.toMatch(/IT (ALLOWS|RUNS)/);
  });

  test("for longer than the operator allows is forbidden", async () => {
    await using opened = await stage();
    const within = (expires: string) => narrowed(opened, { expires }, undefined, anHour);
    expect(await rejection(within("2h"))).toMatchObject({ code: "forbidden", allowed: ["1h"] });
    expect((await within("1h")).added).toHaveLength(1);
  });

  test("ends when the operator wants it to, although nobody asked for that", async () => {
    await using opened = await stage();
    const { secret, added, explanation } = await narrowed(opened, { read_only: true }, undefined, anHour);
    expect(added?.[1]).toMatchObject({ type: "ValidityWindow" });
    const end = opened.now().getTime() + anHour;
    expect(Date.parse(String(explanation.expires_at))).toBeLessThanOrEqual(end);
    expect(Date.parse(String(explanation.expires_at))).toBeGreaterThan(end - 1000);
    // What ends by then anyway is told nothing more, and a limit alone takes nothing away.
    const { restrict } = opened.provider;
    const limit = { longest: 2 * anHour, rule: "THE_RULE" };
    const again = await restrict.narrow(secret, { apps: ["123"] }, limit);
    expect(caveatsIn(again.secret)[0]).toHaveLength((caveatsIn(secret)[0]?.length ?? 0) + 1);
    expect(await rejection(restrict.narrow(secret, {}, limit))).toMatchObject({ code: "invalid_input" });
  });

  test.each<[string, string]>([
    ["web", "not_configured"],
    ["0", "not_configured"],
  ])("to the app %j, whose number nobody can be asked for, is refused", async (app, code) => {
    await using opened = await stage();
    expect(await rejection(narrowed(opened, { apps: [app] }, offline(opened)))).toMatchObject({
      code,
      fix: expect.stringContaining("internalNumericId"),
    });
  });

  test.each([["nothing"], ["0"], ["007"]])(
    "to the app %j, which does not exist, is not found",
    async (app) => {
      await using opened = await stage();
      expect(await rejection(narrowed(opened, { apps: [app] }))).toMatchObject({ code: "not_found" });
    },
  );

  test("to an app of another organization is refused", async () => {
    await using opened = await stage();
    opened.fake.addApp("alice-personal", "mine");
    expect(await rejection(narrowed(opened, { apps: ["mine"] }))).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("another organization"),
    });
  });

  test.each(["fo1_user", "nonsense", "", "flyt_abc", "FlyV1 "])(
    "of %j, which is no macaroon, is unsupported",
    async (text) => {
      await using opened = await stage();
      const { restrict } = opened.provider;
      for (const call of [
        restrict.narrow(new Secret(text), { read_only: true }),
        restrict.explain(new Secret(text)),
        restrict.check(new Secret(text), { action: "r" }),
      ])
        expect(await rejection(call)).toMatchObject({ code: "unsupported" });
    },
  );

  test("of a token that is not whole is refused, and it is not quoted", async () => {
    await using opened = await stage();
    const text = `${opened.fake.addToken().header.slice(0, -8)}`;
    const error = await rejection(opened.provider.restrict.narrow(new Secret(text), { read_only: true }));
    expect(error).toMatchObject({ code: "invalid_input" });
    expect(JSON.stringify([error, String(error)])).not.toContain(text.slice(20, 40));
  });
});

describe("explaining", () => {
  test("needs nobody, and holds no part of the token", async () => {
    await using opened = await stage();
    const { header, uuid } = opened.fake.addToken({ app: "web", expiry: "1h" });
    const { sentences, expires_at } = await offline(opened).restrict.explain(new Secret(header));
    expect(expires_at).toBe("2026-11-22T13:00:00.000Z");
    expect(sentences.join("\n")).toContain(uuid);
    expect(sentences.join("\n")).toContain(String(opened.fake.app("web").number));
    for (let at = 10; at < header.length - 12; at += 12)
      expect(sentences.join("\n")).not.toContain(header.slice(at, at + 12));
  });
});

describe("checking", () => {
  test.each<[Access, boolean]>([
    [{ action: "r", app: "web" }, true],
    [{ action: "read", app: "web", org: "acme" }, true],
    [{ action: "write", app: "web" }, false],
    [{ action: "r", app: "api" }, false],
    [{ action: "r" }, false],
    [{ action: "r", org: "acme" }, false],
    [{ action: "r", org: "personal" }, false],
  ])("%j is answered by the token and by Fly.io: %j", async (access, allowed) => {
    await using opened = await stage();
    const parent = new Secret(opened.fake.addToken({ app: "web" }).header);
    const { secret } = await opened.provider.restrict.narrow(parent, { read_only: true });
    const verdict = await opened.provider.restrict.check(secret, access);
    expect(verdict.locally?.allowed).toBe(allowed);
    expect(verdict.by_issuer?.allowed).toBe(allowed);
    if (!allowed) {
      expect(verdict.locally?.because[0]).toMatch(/./);
      expect(verdict.by_issuer?.because[0]).toMatch(/./);
    }
  });

  test("no action at all is refused, since everything would allow that", async () => {
    await using opened = await stage();
    const secret = new Secret(opened.fake.addToken({ app: "web" }).header);
    const call = opened.provider.restrict.check(secret, { action: "everything but rwcdC", app: "web" });
    expect(await rejection(call)).toMatchObject({ code: "invalid_input" });
  });

  test("a command is checked word by word", async () => {
    await using opened = await stage();
    const { secret } = await narrowed(opened, { apps: ["web"], commands: [["uptime"]] });
    const machine = opened.fake.app("web").machines[0]?.id;
    const check = async (command: string[]) => {
      const { locally, by_issuer } = await opened.provider.restrict.check(secret, {
        action: "control",
        app: "web",
        machine,
        command,
      });
      return [locally?.allowed, by_issuer?.allowed];
    };
    expect(await check(["uptime"])).toEqual([true, true]);
    expect(await check(["uptime", "-p"])).toEqual([false, false]);
  });

  test("what was revoked the token itself still allows, and Fly.io does not", async () => {
    await using opened = await stage();
    const { header, id } = opened.fake.addToken({ app: "web" });
    await opened.provider.tokens.revoke(id);
    const { locally, by_issuer } = await opened.provider.restrict.check(new Secret(header), {
      action: "w",
      app: "web",
    });
    expect(locally?.allowed).toBe(true);
    expect(by_issuer).toEqual({ allowed: false, because: [expect.stringContaining("revoked")] });
  });

  test("by numbers needs nobody", async () => {
    await using opened = await stage();
    const { header } = opened.fake.addToken({ app: "web" });
    const numbers = {
      app: String(opened.fake.app("web").number),
      org: String(opened.fake.org("acme").number),
    };
    const { restrict } = offline(opened);
    expect(await restrict.check(new Secret(header), { action: "w", ...numbers })).toEqual({
      locally: { allowed: true, because: [] },
      by_issuer: undefined,
    });
    expect(await restrict.check(new Secret(header), { action: "w", app: numbers.app })).toMatchObject({
      locally: { allowed: true },
    });
    expect(await restrict.check(new Secret(header), { action: "w", ...numbers, app: "7" })).toMatchObject({
      locally: { allowed: false, because: [expect.stringContaining("Apps")] },
    });
  });

  test("by names without anybody to ask says nothing", async () => {
    await using opened = await stage();
    const { header } = opened.fake.addToken({ app: "web" });
    const { restrict } = offline(opened);
    for (const access of [
      { action: "r", app: "web" },
      { action: "r", org: "acme" },
    ])
      expect(await restrict.check(new Secret(header), access)).toEqual({
        locally: undefined,
        by_issuer: undefined,
      });
  });

  test("by names without a credential of ours is left to Fly.io", async () => {
    await using opened = await stage();
    const { header } = opened.fake.addToken({ app: "web" });
    const { restrict } = opened.open({ FLY_API_TOKEN: "" });
    expect(await restrict.check(new Secret(header), { action: "r", app: "web" })).toEqual({
      locally: undefined,
      by_issuer: { allowed: true, because: [] },
    });
  });

  test("an API that counts actions is told the number", async () => {
    await using opened = await stage();
    const sent: unknown[] = [];
    const provider = opened.open(
      {},
      {
        async fetch(input, init) {
          const request = new Request(input, init);
          if (!request.url.endsWith("/v1/tokens/authorize")) return fetch(request);
          const { access } = (await request.json()) as { access: { action: unknown } };
          sent.push(access.action);
          return typeof access.action === "number"
            ? Response.json({ access: { action: 5 }, verified_token: {} })
            : Response.json(
                { error: "json: cannot unmarshal string into field action of type uint16" },
                { status: 400 },
              );
        },
      },
    );
    const { header } = opened.fake.addToken({ app: "web" });
    const verdict = await provider.restrict.check(new Secret(header), { action: "rc", app: "web" });
    expect(sent).toEqual(["rc", 5]);
    expect(verdict.by_issuer).toEqual({ allowed: true, because: [] });
  });

  test("an address of the Machines API that ends in /v1 is the same one", async () => {
    await using opened = await stage();
    const { header } = opened.fake.addToken({ app: "web" });
    const provider = opened.open({ FLY_FLAPS_BASE_URL: `${opened.fake.url}/v1/` });
    expect(
      (await provider.restrict.check(new Secret(header), { action: "r", app: "web" })).by_issuer,
    ).toEqual({
      allowed: true,
      because: [],
    });
  });

  test.each<Access>([
    { action: "x", app: "web" },
    { action: "r", app: "web", volume: "v", machine: "m" },
    { action: "r", app: "web", command: ["ls"] },
    { action: "r", app: "web", feature: "wg" },
    { action: "r", machine: "m" },
  ])("%j, which does not go together, is refused", async (access) => {
    await using opened = await stage();
    const secret = new Secret(opened.fake.addToken().header);
    expect(await rejection(opened.provider.restrict.check(secret, access))).toMatchObject({
      code: "invalid_input",
    });
  });
});
