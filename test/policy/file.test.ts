import { chmod, chown, mkdir, symlink } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { parsePolicy } from "../../src/policy/file.ts";
import { openPolicy } from "../../src/policy/index.ts";
import { Problem } from "../../src/problem.ts";
import { type TempHome, tempHome } from "../support/home.ts";

const usual = "ours/config/policy.json";

function open(home: TempHome, env: Record<string, string> = {}) {
  const sources = { flags: {}, cwd: home.path, home: home.path, platform: process.platform };
  return openPolicy(loadConfig({ ...sources, env: { FLY_TOKENS_HOME: home.at("ours"), ...env } }));
}

function refusal(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("the file", () => {
  it("is none where there is none", async () => {
    await using home = await tempHome();
    expect(open(home)).toMatchObject({ protects: false, read_only: false });
    expect(open(home).sentences()).toEqual([]);
  });

  it("is policy.json among our configuration, and another one where that is named", async () => {
    await using home = await tempHome();
    await home.write(usual, '{"read_only": true}');
    expect(open(home).read_only).toBe(true);
    const other = await home.write("other.json", '{"inline_secrets": "deny"}');
    expect(open(home, { FLY_TOKENS_POLICY: other })).toMatchObject({
      read_only: false,
      inline_secrets: "deny",
    });
  });

  it("is read once", async () => {
    await using home = await tempHome();
    await home.write(usual, '{"permissions": ["read_only"]}');
    const policy = open(home);
    await home.write(usual, "{}");
    expect(() => policy.permit({ permission: "read_write" })).toThrow("no read_write token");
  });

  it("may be one of root's, and have comments", async () => {
    await using home = await tempHome();
    await home.write(usual, '\uFEFF// ours\n{ /* no "} */ "tools": ["a//b"] // the end\n}', 0o644);
    expect(refusal(() => open(home).tools(["get_status"])).message).toContain("a//b");
  });

  it.each<[string, (home: TempHome) => Promise<unknown>, RegExp, RegExp]>([
    ["is not there", async () => {}, /not there/, /policy\.md/],
    ["is a folder", (home) => mkdir(home.at("rules.json")), /no file/, /policy\.md/],
    [
      "leads nowhere",
      (home) => symlink(home.at("nowhere"), home.at("rules.json")),
      /not there/,
      /policy\.md/,
    ],
    [
      "is for its group to write",
      (home) => home.write("rules.json", "{}", 0o660),
      /written by others/,
      /chmod go-w '/,
    ],
    [
      "is for everybody to write",
      (home) => home.write("rules.json", "{}", 0o606),
      /written by others/,
      /chmod go-w '/,
    ],
    [
      "is too large",
      (home) => home.write("rules.json", " ".repeat(1_048_577)),
      /no file of rules/,
      /policy\.md/,
    ],
  ])("refuses to be used when it is named and %s", async (_what, prepare, said, fix) => {
    await using home = await tempHome();
    await prepare(home);
    const {
      code,
      message,
      fix: told,
    } = refusal(() => open(home, { FLY_TOKENS_POLICY: home.at("rules.json") }));
    expect(code).toBe("not_configured");
    expect(message).toMatch(said);
    expect(message).toContain(home.at("rules.json"));
    expect(told).toMatch(fix);
  });

  it("is not passed over where it is a link that leads nowhere, or cannot be read", async () => {
    await using home = await tempHome();
    await home.write("ours/config/keep", "");
    await symlink(home.at("nowhere"), home.at(usual));
    expect(refusal(() => open(home)).message).toMatch(/not there/);
    await using other = await tempHome();
    await mkdir(other.at(usual), { recursive: true });
    expect(refusal(() => open(other)).code).toBe("not_configured");
  });

  it.skipIf(process.getuid?.() === 0)("cannot be one that its owner may not read", async () => {
    await using home = await tempHome();
    await chmod(await home.write(usual, "{}"), 0);
    expect(refusal(() => open(home)).message).toMatch(/cannot be read/);
  });

  it.skipIf(process.getuid?.() !== 0)("cannot belong to a user who is not root", async () => {
    await using home = await tempHome();
    await chown(await home.write(usual, "{}"), 12_345, 12_345);
    expect(refusal(() => open(home))).toMatchObject({
      message: expect.stringContaining("another user"),
      fix: expect.stringContaining("chown root"),
    });
  });

  it("is not another one in each folder", async () => {
    await using home = await tempHome();
    await home.write("policy.json", "{}");
    expect(refusal(() => open(home, { FLY_TOKENS_POLICY: "policy.json" })).fix).toMatch(/whole path/);
  });

  it("is not taken from a cloned project's .env", async () => {
    await using home = await tempHome();
    await home.write(usual, '{"read_only": true}');
    await home.write(".env", `FLY_TOKENS_POLICY=${await home.write("loose.json", "{}")}\n`);
    expect(open(home).read_only).toBe(true);
  });
});

describe("what stands in it is refused, with the member and what is accepted,", () => {
  it.each<[string, RegExp]>([
    ["", /not JSON/],
    ["{", /not JSON/],
    ['{\n"read_only": true,\n}', /not JSON, from line 3 on/],
    ["{'read_only': true}", /not JSON/],
    ["[]", /an object with some of: max_expiry/],
    ["null", /an object/],
    ['{"max_expiry": "90d",\n "max_expiry": "900d"}', /line 2.*stands there already.*max_expiry/],
    ['{"environments": {"a": {}, "\\u0061": {"protected": true}}}', /stands there already/],
    ['{"__proto__": {"read_only": true}}', /cannot stand there/],
    ['{"readonly": true}', /no member readonly; there are: .*read_only/],
    ['{"max_expiry": "soon"}', /max_expiry is to be a length of time such as "90d"/],
    ['{"max_expiry": 90}', /max_expiry is to be a length/],
    ['{"max_expiry": {"read_only": "never"}}', /max_expiry.* is to be a length/],
    ['{"max_expiry": {"readonly": "9d"}}', /max_expiry/],
    ['{"permissions": "read_only"}', /permissions is to be a list/],
    ['{"permissions": ["read"]}', /permissions\.0 is to be one of: read_only, read_write/],
    ['{"deliveries": ["files"]}', /deliveries\.0 is to be one of: .*keychain/],
    ['{"inline_secrets": "no"}', /inline_secrets is to be one of: allow, deny/],
    ['{"confirm": "never"}', /confirm is to be one of: auto, always/],
    ['{"read_only": "yes"}', /read_only is to be true or false/],
    ['{"tools": "get_status"}', /tools is to be a list/],
    ['{"environments": []}', /environments is to be an object/],
    ['{"environments": {"production": true}}', /environments\.production is to be an object/],
    ['{"environments": {"Production": {}}}', /environments\.Production is no environment's name/],
    [
      '{"environments": {"production": {"protect": true}}}',
      /no member environments\.production\.protect; .*protected/,
    ],
    [
      '{"environments": {"production": {"confirm": "always"}}}',
      /no member environments\.production\.confirm/,
    ],
    ['{"environments": {"production": {"protected": 1}}}', /production\.protected is to be true or false/],
    ['{"environments": {"*": {"permissions": ["all"]}}}', /environments\.\*\.permissions\.0 is to be one of/],
  ])("%s", (text, said) => {
    const { code, message, fix } = refusal(() => parsePolicy(text, "/etc/rules.json"));
    expect(code).toBe("not_configured");
    expect(message).toContain("/etc/rules.json");
    expect(message).toMatch(said);
    expect(fix).toContain("docs/policy.md");
  });
});
