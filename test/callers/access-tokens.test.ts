import { describe, expect, it } from "vitest";
import { admission } from "../../src/callers/admission.ts";
import { knownBearers } from "../../src/callers/bearers.ts";
import { IssuerDown, NotAdmitted } from "../../src/callers/caller.ts";
import { issuerKeys, metadataAddresses } from "../../src/callers/issuer-keys.ts";
import { badTokens } from "../support/bad-tokens.ts";
import { type TestIssuer, testIssuer } from "../support/issuer.ts";

const audience = "https://tokens.example.com/mcp";
const url = "https://login.example.com";

/** Who is let in with a token of an issuer. */
async function door(options: { address?: string; cooldown?: number; url?: string } = {}) {
  const issuer = await testIssuer(options.url ?? url, audience);
  const clock = { now: new Date() };
  const reported: unknown[] = [];
  const now = () => clock.now;
  const keys = issuerKeys({
    issuer: issuer.url,
    address: options.address,
    cooldown: options.cooldown ?? 0,
    fetch: issuer.fetch,
    now,
    report: (error) => reported.push(error),
  });
  const admit = admission(knownBearers({}, undefined), {
    issuer: issuer.url,
    audience: [audience],
    keys,
    now,
  });
  return { issuer, admit, clock, reported };
}

const keysAsked = ({ asked }: TestIssuer) => asked.filter((path) => path === "/keys").length;

describe("an access token", () => {
  it("lets its subject in, with the scopes that exist here, until it ends", async () => {
    const { issuer, admit } = await door();
    const exp = Math.floor(Date.now() / 1000) + 600;
    const token = await issuer.sign({
      claims: { exp, scope: "openid tokens:read tokens:admin tokens:write" },
    });
    expect(await admit(token)).toEqual({
      id: "oauth:ann/agent",
      scopes: ["tokens:read", "tokens:write"],
      expires: exp + 30,
    });
  });

  it.each<[string, Record<string, unknown>, object]>([
    ["scopes in a list", { scope: undefined, scp: ["tokens:revoke", 7] }, { scopes: ["tokens:revoke"] }],
    ["no scopes", { scope: undefined }, { scopes: [] }],
    ["scopes of no form", { scope: { a: 1 } }, { scopes: [] }],
    ["an authorized party", { client_id: undefined, azp: "web" }, { id: "oauth:ann/web" }],
    ["a client that is itself the subject", { sub: "ci", client_id: "ci" }, { id: "oauth:ci" }],
    [
      "an address as its subject",
      { sub: "ann@example.com", client_id: undefined },
      { id: "oauth:ann@example.com" },
    ],
    [
      "a subject that looks like two",
      { sub: "ann/agent", client_id: undefined },
      { id: "oauth:ann%2Fagent" },
    ],
    ["half a character", { sub: "\ud800", client_id: undefined }, { id: "oauth:%EF%BF%BD" }],
    ["several audiences", { aud: ["https://other.example", audience] }, { id: "oauth:ann/agent" }],
    ["a clock that is a little ahead", { exp: Math.floor(Date.now() / 1000) - 5 }, { id: "oauth:ann/agent" }],
  ])("with %s is understood", async (_what, claims, expected) => {
    const { issuer, admit } = await door();
    expect(await admit(await issuer.sign({ claims }))).toMatchObject(expected);
  });

  it.each(["at+jwt", "AT+JWT", "application/at+jwt", "JWT"])("may be called %s", async (typ) => {
    const { issuer, admit } = await door();
    expect(await admit(await issuer.sign({ header: { typ } }))).toMatchObject({ id: "oauth:ann/agent" });
  });

  it("with a subject of any length has an id that is short, and its own", async () => {
    const { issuer, admit } = await door();
    const ids = await Promise.all(
      ["x", "y"].map(
        async (end) => (await admit(await issuer.sign({ claims: { sub: "ü".repeat(200) + end } }))).id,
      ),
    );
    for (const id of ids) expect(id).toMatch(/^oauth:sha256:[0-9a-f]{64}$/);
    expect(new Set(ids).size).toBe(2);
    const [sub = ""] = ids.map((id) => id.replace("oauth:", ""));
    const chosen = await admit(await issuer.sign({ claims: { sub, client_id: undefined } }));
    expect(ids).not.toContain(chosen.id);
  });

  it.each(badTokens)("%s is refused: %s", async (_name, reason, make) => {
    const { issuer, admit } = await door();
    const token = await make(issuer);
    const refusal = await admit(token).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NotAdmitted);
    expect(refusal).toMatchObject({ reason });
    expect(String(refusal)).not.toContain(token);
  });
});

describe("the issuer's keys", () => {
  it("are where its metadata says, and are asked for once", async () => {
    const { issuer, admit } = await door();
    await Promise.all([1, 2, 3].map(async () => admit(await issuer.sign())));
    await admit(await issuer.sign());
    expect(issuer.asked).toEqual(["/.well-known/oauth-authorization-server", "/keys"]);
  });

  it("are where the operator says, without a look at the metadata", async () => {
    const { issuer, admit } = await door({ address: `${url}/keys` });
    await admit(await issuer.sign());
    expect(issuer.asked).toEqual(["/keys"]);
  });

  it("are not asked for because of a token that is not of this issuer", async () => {
    const { issuer, admit } = await door();
    const token = await issuer.sign({ claims: { iss: "https://evil.example" } });
    await expect(admit(token)).rejects.toMatchObject({ reason: "issuer" });
    expect(issuer.asked).toEqual([]);
  });

  it("change without a restart, and the former are no longer good", async () => {
    const { issuer, admit } = await door();
    const before = await issuer.sign();
    await admit(before);
    await issuer.rotate();
    expect(await admit(await issuer.sign())).toMatchObject({ id: "oauth:ann/agent" });
    await expect(admit(before)).rejects.toMatchObject({ reason: "key" });
  });

  it("are not asked for again and again because of keys that do not exist", async () => {
    const { issuer, admit } = await door({ cooldown: 60_000 });
    await admit(await issuer.sign());
    for (const kid of ["a", "b", "c"])
      await expect(admit(await issuer.sign({ header: { kid } }))).rejects.toMatchObject({ reason: "key" });
    expect(keysAsked(issuer)).toBe(1);
  });

  it("that cannot be had are no fault of the token, and are not asked for again at once", async () => {
    const { issuer, admit, clock, reported } = await door();
    issuer.down = true;
    const token = await issuer.sign();
    await expect(admit(token)).rejects.toBeInstanceOf(IssuerDown);
    const asked = issuer.asked.length;
    await expect(admit(token)).rejects.toMatchObject({ retryAfter: 5 });
    expect(issuer.asked).toHaveLength(asked);
    expect(reported).toHaveLength(1);
    issuer.down = false;
    clock.now = new Date(clock.now.getTime() + 5_001);
    expect(await admit(token)).toMatchObject({ id: "oauth:ann/agent" });
  });

  it("that are there stay good while the issuer is down", async () => {
    const { issuer, admit } = await door();
    await admit(await issuer.sign());
    issuer.down = true;
    expect(await admit(await issuer.sign())).toMatchObject({ id: "oauth:ann/agent" });
    await issuer.rotate();
    await expect(admit(await issuer.sign())).rejects.toBeInstanceOf(IssuerDown);
  });

  it("are asked for once in a while from an issuer that is down, whatever keys are named", async () => {
    const { issuer, admit, clock, reported } = await door();
    await admit(await issuer.sign());
    const named = async (kid: string) => admit(await issuer.sign({ header: { kid } }));
    issuer.down = true;
    for (const kid of ["a", "b", "c"]) await expect(named(kid)).rejects.toBeInstanceOf(IssuerDown);
    expect([keysAsked(issuer), reported.length]).toEqual([2, 1]);
    expect(await admit(await issuer.sign())).toMatchObject({ id: "oauth:ann/agent" });
    clock.now = new Date(clock.now.getTime() + 5_001);
    issuer.down = false;
    await expect(named("a")).rejects.toMatchObject({ reason: "key" });
  });

  it.each<[string, Record<string, unknown>]>([
    ["is of another issuer", { issuer: "https://evil.example" }],
    ["is of an issuer with one slash more", { issuer: `${url}/` }],
    ["sends us to keys that others could replace", { jwks_uri: "http://login.example.com/keys" }],
    ["does not say where they are", { jwks_uri: undefined }],
    ["says nonsense", { jwks_uri: "nonsense" }],
  ])("are not taken when the metadata %s", async (_what, metadata) => {
    const { issuer, admit, reported } = await door();
    issuer.metadata = metadata;
    await expect(admit(await issuer.sign())).rejects.toBeInstanceOf(IssuerDown);
    expect(keysAsked(issuer)).toBe(0);
    expect(reported).toHaveLength(1);
  });

  it("are found as RFC 8414 and OpenID Connect have it, with a path and without", () => {
    expect(metadataAddresses("https://a.example")).toEqual([
      "https://a.example/.well-known/oauth-authorization-server",
      "https://a.example/.well-known/openid-configuration",
    ]);
    expect(metadataAddresses("https://a.example/t/1/")).toEqual([
      "https://a.example/.well-known/oauth-authorization-server/t/1",
      "https://a.example/.well-known/openid-configuration/t/1",
      "https://a.example/t/1/.well-known/openid-configuration",
    ]);
  });
});
