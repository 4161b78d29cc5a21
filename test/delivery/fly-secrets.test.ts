/** Secrets of a Fly.io app: what flyctl is given, every refusal and trap, and what its parser would make of a value. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../src/delivery/delivery.ts";
import { Secret } from "../../src/secret.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { flyctl, flyctlFolder, imported } from "../fakes/flyctl.ts";
import { answerOf, expectRefusal, expectSameFacts } from "../support/answers.ts";
import { Canaries } from "../support/canaries.ts";
import { type Machine, openMachine } from "../support/machine.ts";

let here: Machine;
const open = async (programs: Record<string, string> = { flyctl }, env: Record<string, string> = {}) => {
  here = await openMachine({ programs, env });
};
const reopen = async (...args: Parameters<typeof open>) => {
  await here[Symbol.asyncDispose]();
  await open(...args);
};
beforeEach(() => open());
afterEach(() => here[Symbol.asyncDispose]());

const deliver = (args: Record<string, unknown> = {}) =>
  here.call("generate_token", { name: "app", deliver_to: "fly_secrets", deliver_in: "web", ...args });
const kept = (name: string) => here.read(`${flyctlFolder}/${name}`);
const prepare = (name: string, text: string) => here.write(`${flyctlFolder}/${name}`, text);
const argv = async () => ((await kept("argv")) ?? "").split("\n").filter(Boolean);
const statuses = async () => (await here.tokens()).map(({ status }) => status);
const list = "secrets list --app web --json";
const stage = "secrets import --stage --app web";
const deploy = "secrets deploy --detach --app web";

function expectUnseen() {
  const secrets = new Canaries();
  for (const value of here.values) secrets.add(value);
  expect([...here.frames, ...here.faults.map(String)].filter((text) => secrets.in(text).length > 0)).toEqual(
    [],
  );
}

/** Hands a value over that no issuer of ours would make. */
const handOver = (value: string, former?: boolean) => {
  const delivery = here.context.deliveries.find(({ id }) => id === "fly_secrets") as Delivery;
  const login = { username: "x", secret: new Secret(value) };
  return delivery.deliver(login, { in: "web" }, here.context.means(), former);
};

it("is staged on stdin, then the machines are restarted, and the receipt says so", async () => {
  const result = await deliver();
  expect(answerOf(generateToken, result).delivery).toEqual({
    kind: "fly_secrets",
    location: "the secret FLY_TOKEN of the Fly.io app web",
    next: "The machines of web are restarted one after the other, and have it in FLY_TOKEN then.",
  });
  expectSameFacts(result, "kind");
  expect(await argv()).toEqual([list, list, stage, deploy]);
  expect(await kept("stdin")).toBe(`FLY_TOKEN=${here.values[0]}\n`);
  expect(await kept("env")).not.toMatch(/FLY_TOKENS_/);
  expectUnseen();
});

it.each([
  ["is handed on where it is Fly.io's", "FlyV1 fm2_lJPECAAAAAAAAAAAAAAAAAAA", true],
  [
    "stays here where it is JFrog's, which uses the same name",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln",
    false,
  ],
])("FLY_ACCESS_TOKEN %s", async (_what, token, handed) => {
  await reopen({ flyctl }, { FLY_ACCESS_TOKEN: token, FLY_API_TOKEN: "fo1_other" });
  answerOf(generateToken, await deliver({ provider: "local" }));
  const env = (await kept("env")) ?? "";
  expect(env.includes(`FLY_ACCESS_TOKEN=${token}\n`)).toBe(handed);
  expect(env.includes("FLY_ACCESS_TOKEN")).toBe(handed);
  expect(env).toContain("FLY_API_TOKEN=fo1_other\n");
});

it("keeps the letters of a name as they are: to Fly.io they differ", async () => {
  await prepare("names/FLY_TOKEN", "");
  answerOf(generateToken, await deliver({ deliver_name: "fly_token" }));
  expect(imported((await kept("stdin")) ?? "")).toEqual({ fly_token: here.values[0] });
});

it("replaces its own former value", async () => {
  await prepare("names/FLY_TOKEN", "");
  await handOver("q9w8e7r6t5", true);
  expect(imported((await kept("stdin")) ?? "")).toEqual({ FLY_TOKEN: "q9w8e7r6t5" });
});

describe("the machines", () => {
  it("get it later when they could not be restarted: the secret is there, and its token stays", async () => {
    await prepare("refuse-deploy", "Error: failed to acquire leases for all machines\n");
    const { delivery, show_once_warning } = answerOf(generateToken, await deliver());
    expect(delivery.next).toContain("after `flyctl secrets deploy --app web`");
    expect(show_once_warning).toMatch(
      /Not all machines of web were restarted.*former value still.*acquire leases/,
    );
    expect(await statuses()).toEqual(["active"]);
  });

  it("get it later when the restart takes too long", async () => {
    const { run } = here.context;
    here.context.run = (command, args, options) =>
      args[1] === "deploy"
        ? run("sleep", ["60"], { timeout: 1, env: { PATH: "/bin" } })
        : run(command, args, options);
    const { delivery, show_once_warning } = answerOf(generateToken, await deliver());
    expect(delivery.next).toContain("flyctl secrets deploy");
    expect(show_once_warning).toMatch(/Not all machines.*did not finish in time/);
    expect(await statuses()).toEqual(["active"]);
  });

  it("are none before the first deploy, which is no failure", async () => {
    await prepare("refuse-deploy", "Error: no machines available to deploy\n");
    const { delivery, show_once_warning } = answerOf(generateToken, await deliver());
    expect(delivery.next).toBe("Machines have it in FLY_TOKEN once web is deployed.");
    expect(show_once_warning).not.toContain("restarted");
  });
});

describe("a value", () => {
  it.each(["FlyV1 fm2_aa,fm2_bb==", "a=b#c", `it's "so"`, '#a"""b', "a\\nb", "$(x) `y` ${z}", "!"])(
    "arrives as it is: %s",
    async (value) => {
      await handOver(value);
      expect(imported((await kept("stdin")) ?? "")).toEqual({ FLY_TOKEN: value });
    },
  );

  it.each<[string, string]>([
    ["quotes around", '"q9w8e7r6t5"'],
    ["a quote in front, which ends flyctl", '"'],
    ["three quotes in front", '"""q9w8e7r6t5'],
    ["a space in front", " q9w8e7r6t5"],
    ["a space behind", "q9w8e7r6t5 "],
    ["a line break", "a\nEVIL=b"],
    ["a CR", "q9w8e7r6t5\r"],
    ["a NUL", "q9w8\0e7r6t5"],
    ["letters of another alphabet", "äq9w8e7r6t5"],
    ["nothing", ""],
    ["more than a line of flyctl's has", "a".repeat(65_000)],
  ])("is refused with %s, before flyctl is asked", async (_what, value) => {
    await expect(handOver(value)).rejects.toMatchObject({
      code: "unsupported",
      message: "`flyctl secrets import` would not read this value as it is.",
    });
    expect(await argv()).toEqual([]);
  });
});

describe("is refused, and nothing is minted,", () => {
  it("where there is no flyctl", async () => {
    await reopen({});
    const result = await deliver();
    expectRefusal(result, "not_found", /`flyctl` is not installed/);
    expect(result.error.fix).toContain("flyctl auth login");
    expect(await here.tokens()).toEqual([]);
  });

  it("where there is only a fly, which may be JFrog's and is not started", async () => {
    await reopen({ fly: 'echo "$*" >> "$HOME/started"' });
    const result = await deliver();
    expectRefusal(result, "not_found", /none called `flyctl`: it may be JFrog Fly's/);
    expect(result.error.fix).toMatch(/make a link/);
    expect([await here.tokens(), await here.read("started")]).toEqual([[], undefined]);
  });

  it("where the app has that secret", async () => {
    await prepare("names/FLY_TOKEN", "");
    const result = await deliver();
    expectRefusal(result, "conflict", /The app web has a secret FLY_TOKEN already/);
    expect(result.error.fix).toMatch(/deliver_name.*flyctl secrets unset/);
    expect(await here.tokens()).toEqual([]);
  });

  it("where an older flyctl lists it by another member", async () => {
    await prepare("list", '[{"Name":"FLY_TOKEN","Digest":"0123"}]');
    expectRefusal(await deliver(), "conflict", /already/);
  });

  it.each<[string, string, string, RegExp]>([
    [
      "nobody is logged in",
      "Error: no access token available. Please login",
      "unauthorized",
      /flyctl auth login/,
    ],
    ["the token is dead", "Error: server returned 401 Unauthorized", "unauthorized", /FLY_API_TOKEN/],
    ["it may not", "Error: Not authorized to access this app.", "forbidden", /may write secrets/],
    ["there is no such app", 'Error: Could not find App "web"', "not_found", /Correct deliver_in/],
    ["it knows no words", "", "command_failed", /exit code 1.*flyctl doctor/],
  ])("where %s", async (_when, words, code, said) => {
    await prepare("refuse-list", words);
    expectRefusal(await deliver(), code as "conflict", said);
    expect([await here.tokens(), await argv()]).toEqual([[], [list]]);
  });

  it.each(["", "NAME  DIGEST", '{"error":"x"}', "3"])("where the list is %j", async (words) => {
    await prepare("list", words);
    const result = await deliver();
    expectRefusal(result, "command_failed", /did not print a list/);
    expect(await here.tokens()).toEqual([]);
  });

  const app = /deliver_in does not name an app/;
  const name = /deliver_name is not a name/;
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["without an app", { deliver_in: undefined }, app],
    ["for an option", { deliver_in: "--json" }, app],
    ["for an app in capitals", { deliver_in: "Web" }, app],
    ["for an app with a line break behind", { deliver_in: "web\n" }, app],
    ["for a name with =", { deliver_name: "A=B" }, name],
    ["for a comment as a name", { deliver_name: "#A" }, name],
    ["for a name of two lines", { deliver_name: "A\nB" }, name],
    ["for a name with a digit in front", { deliver_name: "1A" }, name],
    ["for a token as a name", { deliver_name: `flyt_${"a".repeat(49)}` }, name],
    ["with a path", { deliver_path: "x" }, /deliver_path means nothing/],
  ])("%s, and flyctl is not asked", async (_what, args, said) => {
    expectRefusal(await deliver(args), "invalid_input", said);
    expect([await here.tokens(), await argv()]).toEqual([[], []]);
  });
});

describe("is revoked", () => {
  it.each<[string, string, string]>([
    ["says nothing", "refuse-import", ""],
    ["fails after it has written", "refuse-after", "Error: context deadline exceeded"],
  ])("when flyctl %s, and a value that is dead may be there", async (_what, file, words) => {
    await prepare(file, words);
    const result = await deliver();
    expectRefusal(
      result,
      "command_failed",
      /is not known: it may hold a value that is dead\. The new token tok_\w+ was revoked/,
    );
    expect(result.error.fix).toMatch(/flyctl secrets unset/);
    expect(await statuses()).toEqual(["revoked"]);
    expect(await argv()).not.toContain(deploy);
  });

  it("when flyctl hangs while it writes", async () => {
    await prepare("hang", "");
    const { run } = here.context;
    here.context.run = (command, args, options) =>
      run(command, args, { ...options, ...(args[1] === "import" && { timeout: 500 }) });
    expectRefusal(await deliver(), "command_failed", /did not finish in time.*may hold a value that is dead/);
    expect(await statuses()).toEqual(["revoked"]);
  });

  it("when it may not write after all, and what flyctl repeats of it is not repeated", async () => {
    await reopen({
      flyctl: 'case "$2" in list) echo null ;; *) printf "Error: 403 %s" "$(cat)" >&2; exit 1 ;; esac',
    });
    const result = await deliver();
    expectRefusal(result, "forbidden", /"Error: 403 FLY_TOKEN=\[redacted\]"/);
    expect(result.text).not.toContain("may hold");
    expect(await statuses()).toEqual(["revoked"]);
    expectUnseen();
    // Not only at the door where everything is looked through.
    await expect(handOver("q9w8e7r6t5")).rejects.toThrow('"Error: 403 FLY_TOKEN=[redacted]"');
  });

  it("when somebody has set the name a moment before", async () => {
    await reopen({
      flyctl:
        'case "$2" in list) [ -f "$HOME/asked" ] && echo \'[{"name":"FLY_TOKEN"}]\' || { : > "$HOME/asked"; echo null; } ;; *) : > "$HOME/written" ;; esac',
    });
    expectRefusal(await deliver(), "conflict", /already.*was revoked/);
    expect(await here.read("written")).toBeUndefined();
  });
});
