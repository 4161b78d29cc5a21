import { afterAll, beforeAll, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { mount, npmClient, publishBody, sentence } from "./client.ts";

let registry: TestRegistry;
let reader: ReturnType<typeof npmClient>;
let writer: ReturnType<typeof npmClient>;
let readOnly: string;

beforeAll(async () => {
  registry = await startRegistry();
  readOnly = (await registry.mint({ permission: "read_only" })).value;
  reader = npmClient(registry, readOnly);
  writer = npmClient(registry, (await registry.mint()).value);
  await writer.publish("tool", "1.0.0");
});
afterAll(() => registry.close());

const reads = [
  "/tool",
  "/tool/1.0.0",
  "/tool/-/tool-1.0.0.tgz",
  "/-/package/tool/dist-tags",
  "/-/ping",
  "/-/whoami",
  "/-/v1/search?text=tool",
];
const writes: [string, string, unknown][] = [
  ["PUT", "/tool", publishBody("tool", "2.0.0")],
  ["PUT", "/new", publishBody("new", "1.0.0")],
  ["PUT", "/tool", { name: "tool", versions: { "1.0.0": { deprecated: "gone" } } }],
  ["PUT", "/tool/-rev/1", { name: "tool", versions: {} }],
  ["DELETE", "/tool/-rev/1", undefined],
  ["DELETE", "/tool/-/tool-1.0.0.tgz/-rev/1", undefined],
  ["PUT", "/-/package/tool/dist-tags/next", "1.0.0"],
  ["POST", "/-/package/tool/dist-tags", { next: "1.0.0" }],
  ["DELETE", "/-/package/tool/dist-tags/next", undefined],
  ["PATCH", "/tool", {}],
];

test.each(reads)("a read-only token may read %s", async (path) => {
  expect((await reader.get(path)).status).toBe(200);
});

test.each(writes)("a read-only token may not %s %s, and is told why", async (method, path, body) => {
  const before = await (await writer.get("/tool")).text();
  const answer = await reader.send(method, path, body);
  expect(answer.status).toBe(403);
  expect(await sentence(answer)).toMatch(/read-only/);
  expect(await (await writer.get("/tool")).text()).toBe(before);
  expect((await writer.get("/new")).status).toBe(404);
});

test.each([...reads.map((path): [string, string, unknown] => ["GET", path, undefined]), ...writes])(
  "without a credential, %s %s is a 401 with a challenge",
  async (method, path, body) => {
    const answer = await fetch(`${registry.url}${mount}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer realm="fly-tokens"',
    ]);
    expect(await sentence(answer)).toEqual(expect.any(String));
  },
);

test("a credential that is not known is a 401", async () => {
  expect((await npmClient(registry, "not-a-token").get("/tool")).status).toBe(401);
});

test("a revoked token is a 401 from then on", async () => {
  const { token, value } = await registry.mint();
  const client = npmClient(registry, value);
  expect((await client.get("/tool")).status).toBe(200);
  await registry.call("POST", `/tokens/${token.id}/revoke`);
  expect((await client.get("/tool")).status).toBe(401);
});

test("a user's key opens no package", async () => {
  const answer = await npmClient(registry, registry.adminKey).get("/tool");
  expect([answer.status, await sentence(answer)]).toEqual([403, expect.stringContaining("key")]);
});

test("a token works as the password of Basic, as npm sends _auth", async () => {
  const { username } = (await (await reader.get("/-/whoami")).json()) as { username: string };
  const basic = (user: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${readOnly}`).toString("base64")}`,
  });
  expect((await reader.get("/tool", basic(username))).status).toBe(200);
  expect((await reader.get("/tool", basic("somebody-else"))).status).toBe(401);
});

test("whoami names the user of the token", async () => {
  const key = await registry.addUser("alice");
  const client = npmClient(registry, (await registry.mint({ key })).value);
  expect(await (await client.get("/-/whoami")).json()).toEqual({ username: "alice" });
});

test("an audit is answered, although it is a POST, to a read-only token too", async () => {
  const bulk = await reader.send("POST", "/-/npm/v1/security/advisories/bulk", { tool: ["1.0.0"] });
  expect([bulk.status, await bulk.json()]).toEqual([200, {}]);
  const quick = await reader.send("POST", "/-/npm/v1/security/audits/quick", {});
  expect(await quick.json()).toMatchObject({
    advisories: {},
    metadata: { vulnerabilities: { critical: 0 } },
  });
});

test("the log has every request and no secret", async () => {
  const text = JSON.stringify(registry.log);
  expect(text).toContain("/artifactory/api/npm/npm/tool");
  expect(text).not.toContain(readOnly);
});
