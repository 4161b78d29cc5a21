/** What the fake's tokens really permit: each question goes to an endpoint that decides by the macaroon alone. */
import { describe, expect, it } from "vitest";
import { attenuate } from "../../../src/macaroon/attenuate.ts";
import { graphql, rest, revoke } from "./ask.ts";
import { type FakeFlyio, startFakeFlyio } from "./fake.ts";

/** What a token may do to an app's first machine, as statuses. */
async function deeds(fake: FakeFlyio, header: string, app = "web"): Promise<Record<string, number>> {
  const { machines } = fake.app(app);
  const path = `/v1/apps/${app}/machines`;
  const machine = `${path}/${machines[0]?.id}`;
  const status = async (request: string, body?: unknown) => (await rest(fake, header, request, body)).status;
  return {
    read: await status(`GET ${path}`),
    create: await status(`POST ${path}`, {}),
    uptime: await status(`POST ${machine}/exec`, { command: ["uptime"] }),
    shell: await status(`POST ${machine}/exec`, { command: ["sh", "-c", "id"] }),
    delete: await status(`DELETE ${machine}`),
  };
}

const everything = { read: 200, create: 200, uptime: 200, shell: 200, delete: 200 };
const nothing = { read: 403, create: 403, uptime: 403, shell: 403, delete: 403 };

describe("what a token may do", () => {
  it("a deploy token does everything to its app and nothing to another", async () => {
    await using fake = await startFakeFlyio();
    const { header } = fake.addToken({ app: "web" });
    expect(await deeds(fake, header, "api")).toEqual(nothing);
    expect(await deeds(fake, header)).toEqual(everything);
  });

  it("an organization's token that was narrowed to reading reads", async () => {
    await using fake = await startFakeFlyio();
    const narrow = attenuate(fake.addToken().header, [{ type: "Action", body: "r" }]);
    expect(await deeds(fake, narrow)).toEqual({ ...nothing, read: 200 });
  });

  it("flyctl's machine-exec token runs its command and reads", async () => {
    await using fake = await startFakeFlyio();
    const commands = [{ type: "Commands", body: [{ args: ["uptime"], exact: true }] }];
    const narrow = attenuate(fake.addToken({ app: "web" }).header, [
      { type: "IfPresent", body: { ifs: commands, else: "r" } },
    ]);
    expect(await deeds(fake, narrow)).toEqual({ ...nothing, read: 200, uptime: 200 });
  });

  it("flyctl's ssh token gets a certificate, by its second half alone", async () => {
    await using fake = await startFakeFlyio();
    const { header } = fake.addToken({ app: "web" });
    const [reads, signs] = [
      attenuate(header, [{ type: "Action", body: "r" }]),
      attenuate(header, [
        { type: "Mutations", body: { mutations: ["issueCertificate", "addWireGuardPeer"] } },
      ]),
    ];
    const query = `mutation ($input: IssueCertificateInput!) { issueCertificate(input: $input) { certificate } }`;
    const input = { organizationId: fake.org("acme").id, appNames: ["web"] };
    const code = async (token: string) =>
      (await graphql(fake, token, query, { input })).errors?.[0]?.extensions?.code;
    expect(await code(reads)).toBe("UNAUTHORIZED");
    expect(await code(`${reads},${signs.replace("FlyV1 ", "")}`)).toBeUndefined();
  });
});

describe("what is no token, or no longer", () => {
  it("refuses one that was changed, one of another world, one that has expired", async () => {
    let now = new Date("2026-11-27T08:00:00Z");
    await using fake = await startFakeFlyio({ now: () => now });
    await using other = await startFakeFlyio();
    const { header } = fake.addToken({ app: "web", expiry: "1h" });
    const changed = header.replace(/(.)(.{8})$/, (_, one, end) => `${one === "A" ? "B" : "A"}${end}`);
    const status = async (text: string) => (await rest(fake, text, "GET /v1/apps/web")).status;
    expect(await status(header)).toBe(200);
    expect(await status(changed)).toBe(401);
    expect(await status(other.addToken().header)).toBe(401);
    now = new Date("2026-11-27T09:00:01Z");
    expect(await status(header)).toBe(401);
  });

  it("a revoked one takes with it what was made from it", async () => {
    await using fake = await startFakeFlyio();
    const token = fake.addToken({ app: "web" });
    const narrow = attenuate(token.header, [{ type: "Action", body: "r" }]);
    const access = { app_name: "web", action: "r" };
    expect(fake.verify(narrow, access)).toEqual({ allowed: true, because: [] });
    await graphql(fake, `Bearer ${fake.users[0]?.token}`, revoke, { input: { id: token.id } });
    expect(fake.verify(narrow, access)).toEqual({
      allowed: false,
      because: ["verify: invalid token: token was revoked"],
    });
  });

  it("one that an organization's policy binds to a third party needs its word, and only while that lasts", async () => {
    let now = new Date("2026-11-27T08:00:00Z");
    await using fake = await startFakeFlyio({ now: () => now });
    fake.addOrg({
      slug: "strict",
      members: { "alice@example.com": "admin" },
      apps: ["vault"],
      demandsDischarge: true,
    });
    const { header } = fake.addToken({ org: "strict", app: "vault" });
    const access = { app_name: "vault", action: "w" };
    expect(fake.verify(header, access)).toMatchObject({
      allowed: false,
      because: [expect.stringContaining("missing third-party discharge")],
    });
    const whole = fake.discharge(header);
    expect(fake.verify(whole, access).allowed).toBe(true);
    now = new Date("2026-11-27T08:11:00Z");
    expect(fake.verify(whole, access).allowed).toBe(false);
  });
});

describe("the endpoints about tokens", () => {
  it("authorize says what a token may, and why it may not", async () => {
    await using fake = await startFakeFlyio();
    const { header, uuid } = fake.addToken({ app: "web" });
    const ask = (access: object) => rest(fake, "", "POST /v1/tokens/authorize", { header, access });
    expect(await ask({ app_name: "web", action: "rw" })).toMatchObject({
      status: 200,
      body: { access: { action: "rw", orgid: fake.org("acme").number, appid: fake.app("web").number } },
    });
    for (const access of [
      { app_name: "api", action: "r" },
      { app_name: "gone" },
      { org_slug: "acme", command: ["x"] },
    ])
      expect(await ask(access)).toMatchObject({
        status: 400,
        body: { error: expect.stringMatching(/^authorize: ./) },
      });
    const current = await rest(fake, header, "GET /v1/tokens/current");
    expect(current.body).toMatchObject({ tokens: [{ token_id: uuid, org_slug: "acme", apps: ["web"] }] });
  });

  it("authenticate returns those that are genuine, with their caveats", async () => {
    await using fake = await startFakeFlyio();
    await using other = await startFakeFlyio();
    const header = `${fake.addToken().header},${other.addToken().header.replace("FlyV1 ", "")}`;
    const { status, body } = await rest(fake, "", "POST /v1/tokens/authenticate", { header });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: [{ caveats: [{ type: "Organization", body: { id: fake.org("acme").number } }, {}] }],
    });
    expect(body).toHaveLength(1);
    expect(await rest(fake, "", "POST /v1/tokens/authenticate", { header: "" })).toMatchObject({
      status: 400,
      body: { error: "verify: invalid token: no tokens found in header" },
    });
  });

  it("the docker registry takes the bundle as the password, without its scheme", async () => {
    await using fake = await startFakeFlyio();
    const { header } = fake.addToken({ app: "web" });
    const login = async (password: string) => {
      const authorization = `Basic ${Buffer.from(`x:${password}`).toString("base64")}`;
      return (await rest(fake, authorization, "GET /v2/")).status;
    };
    expect(await login(header.replace("FlyV1 ", ""))).toBe(200);
    expect(await login(header)).toBe(401);
    expect(await rest(fake, "", "GET /v2/")).toMatchObject({ status: 401 });
  });
});
