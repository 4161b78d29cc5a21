/** Addresses of registries behind the gateway: each may carry a credential, which is then the only secret of it. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadConfig } from "../src/config.ts";
import { redact } from "../src/secret.ts";

const home = mkdtempSync(join(tmpdir(), "fly-tokens-config-"));
const load = (gateway: string) =>
  loadConfig({ flags: {}, env: { FLY_TOKENS_GATEWAY: gateway }, cwd: home, home, platform: "linux" });

it("are taken with their credential, which is not shown; ordinary addresses stay readable", () => {
  const { gateway } = load(
    "npm=http://ann:p%40ss%2Cw0rd9@10.20.30.40:4873/npm/,pypi=http://127.0.0.1:8081/team",
  );
  expect(gateway.npm?.reveal()).toBe("http://ann:p%40ss%2Cw0rd9@10.20.30.40:4873/npm");
  expect(gateway.pypi?.reveal()).toBe("http://127.0.0.1:8081/team");
  expect(redact("at http://127.0.0.1:7411/x, not http://ann:p%40ss%2Cw0rd9@10.20.30.40:4873/npm")).toBe(
    "at http://127.0.0.1:7411/x, not http:[redacted]10.20.30.40:4873/npm",
  );
  expect(redact("the password p@ss,w0rd9")).toBe("the password [redacted]");
  load("npm=http://bob:short@10.20.30.40:4873");
  expect(redact("http://bob:short@10.20.30.40:4873")).toBe("http:[redacted]10.20.30.40:4873");
});

it.each([
  "npm=http://ann:100%@127.0.0.1:4873",
  "npm=http://ann:%ff@127.0.0.1:4873",
  "npm=http://:to%0Aken@127.0.0.1:4873",
  "npm=http://:%E2%82%AC@127.0.0.1:4873",
  "npm=http://an%3An:password@127.0.0.1:4873",
  "npm=http://127.0.0.1:4873?x=1",
  "npm=ftp://127.0.0.1",
  "maven=http://127.0.0.1:4873",
])("are refused where they cannot be meant: %s", (gateway) => {
  expect(() => load(gateway)).toThrow(/FLY_TOKENS_GATEWAY/);
});
