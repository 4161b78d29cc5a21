/** Reference, section 3.9 (login with the browser), and what it stores. */
import { describe, expect, test } from "vitest";
import { command } from "../../../src/commands/login.ts";
import { loadConfig } from "../../../src/config.ts";
import { openLog } from "../../../src/log.ts";
import { browserLogin } from "../../../src/providers/jfrog/browser-login.ts";
import { realSeams } from "../../../src/seams.ts";
import { rejection } from "../server.ts";
import { openJfrog, type Stage, stage } from "./open.ts";

function login({ fake }: Stage, part: Partial<Parameters<typeof browserLogin>[0]> = {}) {
  return browserLogin({
    url: fake.url,
    setting: "JFROG_URL",
    fetch,
    show: () => {},
    interval: 5,
    patience: 100,
    ...part,
  });
}

const polls = ({ fake }: Stage) =>
  fake.requests.filter(({ operation }) => operation === "getLoginToken").length;

describe("the browser login", () => {
  test("shows the page and the last four characters, and waits for the person", async () => {
    await using opened = await stage();
    const shown: string[] = [];
    const { username, secret, url } = await login(opened, {
      show(page, code) {
        const session = new URL(page).searchParams.get("jfClientSession") ?? "";
        expect(page).toMatch(
          /\/ui\/login\?jfClientSession=[0-9a-f-]{36}&jfClientName=fly-tokens&jfClientCode=1$/,
        );
        expect(session.slice(-4)).toBe(code);
        setTimeout(() => opened.fake.approve(session, "bob@example.com", code), 30);
        shown.push(code);
      },
      patience: 5_000,
    });
    expect({ username, url, shown: shown.length }).toEqual({
      username: "bob@example.com",
      url: opened.fake.url,
      shown: 1,
    });
    expect(secret.reveal()).toBe(opened.fake.tokens.at(-1)?.value);
    expect(polls(opened)).toBeGreaterThan(1);
    expect(opened.fake.violations).toEqual([]);
    expect(opened.fake.requests.every(({ scheme }) => scheme === undefined)).toBe(true);
  });

  test("gives up when nobody comes", async () => {
    await using opened = await stage();
    expect(await rejection(login(opened))).toMatchObject({
      code: "declined",
      message: expect.stringContaining("nothing was stored"),
    });
    expect(polls(opened)).toBe(20);
  });

  test("is not there before 7.64.0", async () => {
    await using opened = await stage({ version: "7.63.9" });
    expect(await rejection(login(opened))).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("7.64"),
    });
  });

  test("tells a gateway's page and a fault from a person who has not come yet", async () => {
    await using opened = await stage();
    opened.fake.faults.next("requestLogin", { kind: "gateway-403" });
    expect(await rejection(login(opened))).toMatchObject({ code: "forbidden" });
    opened.fake.faults.always("getLoginToken", { kind: "500" });
    expect(await rejection(login(opened))).toMatchObject({ code: "provider_down" });
  });

  test("sends nothing to an address that is not safe", async () => {
    await using opened = await stage();
    expect(await rejection(login(opened, { url: "http://acme.jfrog.io" }))).toMatchObject({
      code: "unsafe_location",
    });
  });

  test("asks for the user's name where the token does not say it", async () => {
    await using opened = await stage();
    const { reference } = opened.fake.addToken({ reference: true });
    const body = { access_token: reference };
    opened.fake.faults.next("getLoginToken", { kind: "answer", status: 200, body });
    expect((await login(opened)).username).toBe("bob@example.com");
  });

  test("loses no credential because its user's name cannot be had", async () => {
    await using opened = await stage();
    const { reference } = opened.fake.addToken({ reference: true });
    const body = { access_token: reference };
    opened.fake.faults.next("getLoginToken", { kind: "answer", status: 200, body });
    opened.fake.faults.always("getOwnToken", { kind: "500" });
    const { username, secret } = await login(opened);
    expect([username, secret.reveal()]).toEqual(["unknown", reference]);
  });
});

describe("fly-tokens login jfrog", () => {
  function run({ home, fake }: Stage, part: { flags?: object; env?: object; positionals?: string[] } = {}) {
    const seams = { ...realSeams(), home: home.path, cwd: home.path };
    const env = { FLY_TOKENS_HOME: home.path, ...part.env };
    const config = loadConfig({ flags: {}, env, cwd: home.path, home: home.path, platform: seams.platform });
    const flags = { url: fake.url, ...part.flags };
    return command.run({
      commands: {},
      config,
      seams,
      log: openLog("silent"),
      flags,
      positionals: part.positionals ?? ["jfrog"],
    });
  }

  test("stores the credential for us alone, and prints it nowhere; then the provider uses it", async () => {
    await using opened = await stage();
    const { fake, home } = opened;
    fake.faults.next("getLoginToken", {
      kind: "answer",
      status: 200,
      body: { access_token: fake.developer.token, refresh_token: "r", token_type: "Bearer" },
    });
    const written: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = ((text: string) => written.push(text) > 0) as typeof write;
    try {
      expect(await run(opened)).toBe(0);
    } finally {
      process.stderr.write = write;
    }
    expect(written.join("")).toContain("bob@example.com");
    expect(written.join("")).toContain("jfClientSession");
    expect(written.join("")).not.toContain(fake.developer.token.slice(0, 40));
    expect(JSON.parse((await home.read("config/jfrog.json")) ?? "")).toEqual({
      url: fake.url,
      access_token: fake.developer.token,
      username: "bob@example.com",
    });
    expect(await home.mode("config/jfrog.json")).toBe(0o600);
    expect(await home.mode("config")).toBe(0o700);
    const provider = openJfrog(home.path, {});
    expect(provider).toMatchObject({ configured: true, url: fake.url });
    expect(await provider.identity.me()).toMatchObject({ username: "bob@example.com" });
  });

  /** What it says while somebody approves at once. */
  async function say(opened: Stage, access_token: string): Promise<string> {
    const body = { access_token, token_type: "Bearer" };
    opened.fake.faults.next("getLoginToken", { kind: "answer", status: 200, body });
    const written: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = ((text: string) => written.push(text) > 0) as typeof write;
    try {
      await run(opened);
    } finally {
      process.stderr.write = write;
    }
    return written.join("");
  }

  test("leaves no credential alive that nobody has: one that cannot be kept is revoked", async () => {
    await using opened = await stage();
    await opened.home.write("config/jfrog.json/in-the-way", "");
    const token = opened.fake.addToken({ refreshable: true });
    expect(await rejection(say(opened, token.value))).toMatchObject({
      code: "file_unwritable",
      message: expect.stringContaining("The new credential was revoked."),
    });
    expect(opened.fake.token(token.id).revokedAt).toBeDefined();
    opened.fake.faults.always("revokeOwnToken", { kind: "500" });
    const other = opened.fake.addToken();
    expect(await rejection(say(opened, other.value))).toMatchObject({
      message: expect.stringContaining("could not be revoked"),
    });
  }, 20_000);

  test("leaves none alive that it replaces", async () => {
    await using opened = await stage();
    const { fake, home } = opened;
    const [first, second] = [fake.addToken(), fake.addToken()];
    await home.write(
      "config/jfrog.json",
      JSON.stringify({ url: fake.url, access_token: first.value, username: "bob" }),
    );
    expect(await say(opened, second.value)).toContain(`of bob at ${fake.url}, was revoked`);
    expect(fake.token(first.id).revokedAt).toBeDefined();
    expect(fake.token(second.id).revokedAt).toBeUndefined();
    expect(await home.read("config/jfrog.json")).toContain(second.value);
    fake.faults.always("revokeOwnToken", { kind: "gateway-403" });
    expect(await say(opened, first.value)).toContain("is still valid");
  }, 20_000);

  test.each([
    [{ positionals: [] }, "invalid_input"],
    [{ positionals: ["flyio"] }, "invalid_input"],
    [{ positionals: ["jfrog", "x"] }, "invalid_input"],
    [{ flags: { url: "acme.jfrog.io" } }, "invalid_input"],
    [{ flags: { url: "https://u:p@acme.jfrog.io" } }, "invalid_input"],
    [{ flags: { url: undefined } }, "not_configured"],
    [{ flags: { url: undefined }, env: { JFROG_URL: "http://acme.jfrog.io" } }, "unsafe_location"],
  ])("is refused with %j", async (part, code) => {
    await using opened = await stage();
    expect(await rejection(run(opened, part))).toMatchObject({ code });
    expect(opened.fake.requests).toEqual([]);
  });
});

describe("a stored login", () => {
  const stored = (url: string, access_token = "x".repeat(40)) =>
    JSON.stringify({ url, access_token, username: "bob" });

  test("is not used for another address than its own", async () => {
    await using opened = await stage();
    await opened.home.write("config/jfrog.json", stored("https://acme.jfrog.io"));
    expect(openJfrog(opened.home.path, {}).configured).toBe(true);
    expect(openJfrog(opened.home.path, { JFROG_URL: "https://acme.jfrog.io/artifactory/" }).configured).toBe(
      true,
    );
    expect(openJfrog(opened.home.path, { JFROG_URL: "https://other.jfrog.io" }).configured).toBe(false);
  });

  test("gives way to the settings", async () => {
    await using opened = await stage();
    await opened.home.write("config/jfrog.json", stored("https://acme.jfrog.io"));
    expect((await opened.provider.identity.me()).username).toBe("bob@example.com");
  });

  test("is found while the server runs", async () => {
    await using opened = await stage();
    const provider = openJfrog(opened.home.path, {});
    expect(provider.configured).toBe(false);
    await opened.home.write("config/jfrog.json", stored(opened.fake.url, opened.fake.admin.token));
    expect(provider.configured).toBe(true);
    expect((await provider.identity.me()).username).toBe("alice@example.com");
    await opened.home.write("config/jfrog.json", stored(opened.fake.url, opened.fake.developer.token));
    expect((await provider.identity.me()).username).toBe("bob@example.com");
  });

  test.each(["{", "[]", "{}", '{"url":"file:///etc","access_token":"secretsecret","username":"x"}'])(
    "that was spoiled is complained about without being shown: %s",
    async (text) => {
      await using opened = await stage();
      await opened.home.write("config/jfrog.json", text);
      const provider = openJfrog(opened.home.path, {});
      expect(provider.configured).toBe(true);
      const error = await rejection(provider.identity.me());
      expect(error).toMatchObject({ code: "file_unparsable", fix: expect.stringContaining("login jfrog") });
      expect(String(error)).not.toContain("secretsecret");
    },
  );
});
