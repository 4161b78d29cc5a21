/** Every kind of token, minted by the tool and tried by the one who verifies it: it does what it may, and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateToken } from "../../tools/generate-token.ts";
import { restrictToken } from "../../tools/restrict-token.ts";
import type { NamedAccess } from "../fakes/flyio/access.ts";
import { answerOf } from "../support/answers.ts";
import { type FlyioMachine, openFlyio } from "../support/flyio.ts";

let here: FlyioMachine;
beforeAll(async () => {
  here = await openFlyio();
});
afterAll(() => here[Symbol.asyncDispose]());

const on = (app: string) => ({ app_name: app, machine_id: here.fake.app(app).machines[0]?.id ?? "" });
const exec = (...command: string[]): NamedAccess => ({ ...on("web"), action: "C", command });

/** What is tried with each of them. */
const accesses = (): Record<string, NamedAccess> => ({
  "read web": { app_name: "web", action: "r" },
  "write web": { app_name: "web", action: "w" },
  "delete web": { app_name: "web", action: "d" },
  "read a machine": { ...on("web"), action: "r" },
  "stop a machine": { ...on("web"), action: "C" },
  "read api": { app_name: "api", action: "r" },
  "write api": { app_name: "api", action: "w" },
  "read acme": { org_slug: "acme", action: "r" },
  "write acme": { org_slug: "acme", action: "w" },
  "use wireguard": { org_slug: "acme", org_feature: "wg", action: "w" },
  "run uptime": exec("uptime"),
  "run uptime -p": exec("uptime", "-p"),
  "run ps aux": exec("ps", "aux"),
  "run echo a,b": exec("echo", "a,b"),
  "run echo a": exec("echo", "a"),
  "run b": exec("b"),
  "certificate for web": { app_name: "web", action: "w", mutation: "issueCertificate" },
  "another mutation on web": { app_name: "web", action: "w", mutation: "deleteApp" },
  "read another organization": { org_slug: "alice-personal", action: "r" },
});

async function mint(flyio: object, permission = "read_only") {
  const answer = answerOf(
    generateToken,
    await here.call("generate_token", {
      name: "a token",
      permission,
      flyio,
      idempotency_key: `k-${Math.random()}`,
    }),
  );
  return { ...answer, header: answer.credential?.token ?? "" };
}

function allowedBy(header: string): string[] {
  return Object.entries(accesses()).flatMap(([what, access]) =>
    here.fake.verify(header, access).allowed ? [what] : [],
  );
}

const anyCommand = ["run uptime", "run uptime -p", "run ps aux", "run echo a,b", "run echo a", "run b"];
const web = ["read web", "write web", "delete web", "read a machine", "stop a machine"];
const mutations = ["certificate for web", "another mutation on web"];

describe.each<[string, object, string, string[]]>([
  ["deploy", { app: "web", kind: "deploy" }, "read_only", [...web, ...anyCommand, ...mutations]],
  ["an app's, for writing", { app: "web" }, "read_write", [...web, ...anyCommand, ...mutations]],
  ["an app's, for reading", { app: "web" }, "read_only", ["read web", "read a machine"]],
  [
    "org",
    { org: "acme", kind: "org" },
    "read_only",
    [
      ...web,
      "read api",
      "write api",
      "read acme",
      "write acme",
      "use wireguard",
      ...anyCommand,
      ...mutations,
    ],
  ],
  [
    "readonly",
    { org: "acme", kind: "readonly" },
    "read_write",
    ["read web", "read a machine", "read api", "read acme"],
  ],
  ["ssh", { app: "web", kind: "ssh" }, "read_only", ["read web", "read a machine", "certificate for web"]],
  [
    "machine-exec, one command",
    { app: "web", kind: "machine-exec", commands: [["uptime"]] },
    "read_only",
    ["read web", "read a machine", "run uptime"],
  ],
  [
    "machine-exec, a prefix",
    { app: "web", kind: "machine-exec", command_prefixes: [["uptime"], ["ps", "aux"]] },
    "read_only",
    ["read web", "read a machine", "run uptime", "run uptime -p", "run ps aux"],
  ],
  [
    "machine-exec, a comma in an argument",
    { app: "web", kind: "machine-exec", commands: [["echo", "a,b"]] },
    "read_only",
    ["read web", "read a machine", "run echo a,b"],
  ],
  [
    "machine-exec, any command",
    { app: "web", kind: "machine-exec" },
    "read_only",
    ["read web", "read a machine", ...anyCommand],
  ],
  ["wireguard", { org: "acme", kind: "wireguard" }, "read_only", ["read acme", "use wireguard"]],
  [
    "several apps, for reading",
    { org: "acme", apps: ["web", "api"] },
    "read_only",
    ["read web", "read a machine", "read api"],
  ],
  [
    "one of several apps, for writing",
    { org: "acme", apps: ["api"] },
    "read_write",
    ["read api", "write api"],
  ],
])("%s", (_, flyio, permission, expected) => {
  test("may do this and nothing else", async () => {
    const { header, token } = await mint(flyio, permission);
    expect(allowedBy(header).sort()).toEqual([...expected].sort());
    expect(new Date(token.expires_at ?? 0).getTime() - Date.now()).toBeLessThanOrEqual(30 * 86_400_000);
    const record = here.fake.tokens.find(({ id }) => id === token.id);
    expect(record?.expiresAt.toISOString()).toBe(token.expires_at);
  });
});

test("litefs-cloud asks for the product's own profile", async () => {
  const { token } = await mint({ org: "acme", kind: "litefs-cloud", cluster: "primary" });
  expect(here.fake.tokens.find(({ id }) => id === token.id)).toMatchObject({
    profile: "litefs_cloud",
    profileParams: { cluster: "primary" },
  });
});

describe("restrict_token", () => {
  test.each<[string, object, string[]]>([
    ["read_only", { read_only: true }, ["read web", "read a machine"]],
    [
      "everything but delete",
      { actions: "everything but delete" },
      [...web.filter((one) => one !== "delete web"), ...anyCommand, ...mutations],
    ],
    ["a command", { commands: [["uptime"]] }, ["run uptime"]],
    ["another app", { apps: ["api"] }, []],
    ["raw caveats", { caveats: [{ type: "Action", body: "r" }] }, ["read web", "read a machine"]],
  ])("%s", async (_, restrictions, expected) => {
    const { token } = await mint({ app: "web" }, "read_write");
    const narrowed = answerOf(
      restrictToken,
      await here.call("restrict_token", { from: token.id, restrictions }),
    );
    const allowed = allowedBy(narrowed.credential?.token ?? "");
    expect(allowed.filter((one) => expected.includes(one)).sort()).toEqual([...expected].sort());
    expect(allowed.filter((one) => !expected.includes(one) && !/^read/.test(one))).toEqual([]);
  });
});
