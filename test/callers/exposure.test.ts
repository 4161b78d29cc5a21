import { describe, expect, it } from "vitest";
import { type Exposure, exposureOf } from "../../src/callers/exposure.ts";
import { loadConfig } from "../../src/config.ts";

const key = "0123456789abcdef".repeat(2);
const token = "a-bearer-of-16-or-more";
const caller = `ci=${"0".repeat(64)}:tokens:read`;
const remote = {
  HTTP_HOST: "0.0.0.0",
  HTTP_URL: "https://tokens.example.com/mcp",
  HTTP_KEY: key,
  HTTP_TOKEN: token,
};

/** @param settings without FLY_TOKENS_ */
function exposure(
  settings: Record<string, string>,
  flags: { port?: number; anonymous?: boolean } = {},
): Exposure {
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`FLY_TOKENS_${name}`, value]),
  );
  return exposureOf(
    loadConfig({ flags: {}, env, cwd: "/nowhere", home: "/nowhere", platform: "linux" }),
    flags,
  );
}

describe("on loopback", () => {
  it("it starts with nothing configured", () => {
    expect(exposure({})).toEqual({
      host: "127.0.0.1",
      port: 7410,
      remote: false,
      anonymous: false,
      authenticated: false,
      hosts: undefined,
      origins: [],
      resource: undefined,
    });
  });

  it.each(["localhost", "127.0.0.2", "::1"])("%s is loopback, too", (HTTP_HOST) => {
    expect(exposure({ HTTP_HOST }).remote).toBe(false);
  });

  it("lets in whoever comes only when that is said", () => {
    expect(exposure({}, { anonymous: true }).anonymous).toBe(true);
  });

  it("takes the port of the flag before that of the settings", () => {
    expect(exposure({ HTTP_PORT: "8000" }).port).toBe(8000);
    expect(exposure({ HTTP_PORT: "8000" }, { port: 0 }).port).toBe(0);
  });
});

describe("beyond loopback", () => {
  it("it is called by the name of its URL alone", () => {
    expect(exposure(remote)).toMatchObject({
      remote: true,
      authenticated: true,
      hosts: ["tokens.example.com"],
    });
  });

  it.each<[string, Record<string, string>]>([
    ["a proxy in front of a loopback address", { ...remote, HTTP_HOST: "127.0.0.1" }],
    ["callers of its own", { ...remote, HTTP_TOKEN: "", HTTP_CALLERS: caller }],
    ["an authorization server", { ...remote, HTTP_TOKEN: "", OAUTH_ISSUER: "https://login.example.com" }],
    ["a container whose port is published on loopback", { ...remote, HTTP_URL: "http://127.0.0.1:7410/mcp" }],
  ])("it starts with %s", (_what, settings) => {
    expect(exposure(settings)).toMatchObject({ remote: true, authenticated: true });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["nobody who may call", { ...remote, HTTP_TOKEN: "" }, /FLY_TOKENS_HTTP_TOKEN/],
    ["no name", { ...remote, HTTP_URL: "" }, /FLY_TOKENS_HTTP_URL/],
    ["no key", { ...remote, HTTP_KEY: "" }, /FLY_TOKENS_HTTP_KEY/],
    ["a name without TLS", { ...remote, HTTP_URL: "http://tokens.example.com/mcp" }, /https/],
    ["nothing at all", { HTTP_HOST: "::" }, /FLY_TOKENS_HTTP_TOKEN/],
    ["nothing but a name", { HTTP_URL: "https://tokens.example.com/mcp" }, /FLY_TOKENS_HTTP_TOKEN/],
    ["an issuer without TLS", { ...remote, OAUTH_ISSUER: "http://login.example.com" }, /https/],
    [
      "keys without TLS",
      { ...remote, OAUTH_ISSUER: "https://a.example", OAUTH_JWKS_URL: "http://a.example/k" },
      /https/,
    ],
  ])("it does not start with %s", (_what, settings, fix) => {
    expect(() => exposure(settings)).toThrow(
      expect.objectContaining({ code: "not_configured", fix: expect.stringMatching(fix) }),
    );
  });
});

it.each(["k".repeat(64), "0123".repeat(8), "----".repeat(10)])("%s is no key", (typed) => {
  expect(() => exposure({ ...remote, HTTP_KEY: typed })).toThrow(/HTTP_KEY is not valid: it is not random/);
});

it("a caller who is named twice is not quietly one of the two", () => {
  const twice = `${caller},${caller.replace(/=./, (start) => (start === "=0" ? "=1" : "=0"))}`;
  expect(() => exposure({ ...remote, HTTP_CALLERS: twice })).toThrow(/each name once/);
});

it.each<[string, Record<string, string>]>([
  ["beyond loopback", remote],
  ["by its URL alone", { HTTP_URL: remote.HTTP_URL, HTTP_KEY: key }],
  ["with a bearer", { HTTP_TOKEN: token }],
  ["with callers", { HTTP_CALLERS: caller }],
])("nobody is anonymous %s", (_what, settings) => {
  expect(() => exposure(settings, { anonymous: true })).toThrow(/--anonymous/);
});

it("access tokens need to know what they are meant for", () => {
  expect(() => exposure({ OAUTH_ISSUER: "https://login.example.com" })).toThrow(/does not know where it is/);
});

it.each([
  "https://app.example.com/",
  "app.example.com",
  "https://app.example.com/x",
  "*",
  "null",
  "chrome-extension://abc",
])("%s is or is not the origin of a page", (origin) => {
  const told = () => exposure({ HTTP_ORIGINS: origin }).origins;
  if (origin === "https://app.example.com/") expect(told()).toEqual(["https://app.example.com"]);
  else expect(told).toThrow(/not the origin of a page/);
});
