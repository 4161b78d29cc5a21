/** Where the registry listens, and under which address it is known. */
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/config.ts";
import { serveOptions } from "../../../src/providers/local/serving.ts";
import { realSeams } from "../../../src/seams.ts";

/** @param env settings of the registry */
function placeOf(env: Record<string, string>) {
  const home = "/nowhere";
  const config = loadConfig({ flags: {}, env, cwd: home, home, platform: "linux" });
  const { host, port, publicUrl, remote } = serveOptions(config, realSeams(), config.local_url);
  return { host, port, publicUrl, remote };
}

const refusal = (env: Record<string, string>): unknown => {
  try {
    return placeOf(env);
  } catch (error) {
    return error;
  }
};

test.each([
  ["http://127.0.0.1:7411", { host: "127.0.0.1", port: 7411 }],
  ["http://[::1]:7411", { host: "::1", port: 7411 }],
  ["http://localhost", { host: "localhost", port: 80 }],
  ["http://127.0.0.1:0", { host: "127.0.0.1", port: 0 }],
])("without more it listens at %s itself", (url, place) => {
  expect(placeOf({ FLY_TOKENS_LOCAL_URL: url })).toEqual(place);
});

describe("behind a proxy", () => {
  test.each([
    ["https://registry.example", "127.0.0.1:7411", { host: "127.0.0.1", port: 7411, remote: true }],
    ["https://registry.example/", "0.0.0.0:80", { host: "0.0.0.0", port: 80, remote: true }],
    ["https://registry.example", "[::]:7411", { host: "::", port: 7411, remote: true }],
    ["https://registry.example", "localhost:0", { host: "localhost", port: 0, remote: true }],
    ["http://127.0.0.1:8443", "127.0.0.1:7411", { host: "127.0.0.1", port: 7411, remote: false }],
    ["http://[::1]:8443", "[::1]:7411", { host: "::1", port: 7411, remote: false }],
  ])("it is known as %s, and listens at %s", (url, listen, place) => {
    const env = { FLY_TOKENS_LOCAL_URL: url, FLY_TOKENS_REGISTRY_LISTEN: listen };
    expect(placeOf(env)).toEqual({ ...place, publicUrl: url.replace(/\/$/, "") });
  });

  test.each([
    "7411",
    ":7411",
    "::1:7411",
    "::",
    "127.0.0.1",
    "127.0.0.1:65536",
    "127.0.0.1:-1",
    "http://127.0.0.1:7411",
    "registry.example:7411/path",
    "ann@registry.example:7411",
    "[::1:7411",
    "[registry.example]:7411",
  ])("FLY_TOKENS_REGISTRY_LISTEN is not %s", (listen) => {
    const refused = refusal({
      FLY_TOKENS_LOCAL_URL: "https://registry.example",
      FLY_TOKENS_REGISTRY_LISTEN: listen,
    });
    expect(refused).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("FLY_TOKENS_REGISTRY_LISTEN is not valid"),
    });
  });

  test.each([
    ["http://registry.example", "127.0.0.1:7411", "unsafe_location", "https://registry.example"],
    ["http://10.0.0.1:7411", "0.0.0.0:7411", "unsafe_location", "https://10.0.0.1:7411"],
    ["http://127.0.0.1:7411", "0.0.0.0:7411", "not_configured", "https address"],
    ["http://127.0.0.1:7411", "[::]:7411", "not_configured", "https address"],
    ["https://registry.example/tokens", "127.0.0.1:7411", "not_configured", "https://registry.example"],
  ])("it does not start as %s at %s", (url, listen, code, fix) => {
    const env = { FLY_TOKENS_LOCAL_URL: url, FLY_TOKENS_REGISTRY_LISTEN: listen };
    expect(refusal(env)).toMatchObject({ code, fix: expect.stringContaining(fix) });
  });

  test("an address with TLS needs one", () => {
    expect(refusal({ FLY_TOKENS_LOCAL_URL: "https://registry.example" })).toMatchObject({
      code: "not_configured",
      fix: expect.stringContaining("FLY_TOKENS_REGISTRY_LISTEN"),
    });
  });
});
