import { describe, expect, it } from "vitest";
import { policyOf } from "../../src/policy/compose.ts";
import { parsePolicy } from "../../src/policy/file.ts";
import type { Policy, Wish } from "../../src/policy/policy.ts";
import { Problem } from "../../src/problem.ts";

const path = "/etc/rules.json";
const day = 86_400_000;
const now = new Date("2026-03-01T10:00:00Z");
const plain = { inline_secrets: "allow", confirm: "auto", read_only: false } as const;

function policy(file: object | undefined, settings: Partial<Parameters<typeof policyOf>[0]> = {}): Policy {
  return policyOf({ ...plain, ...settings }, file && parsePolicy(JSON.stringify(file), path));
}

function refusal(act: () => unknown): Pick<Problem, "code" | "message" | "fix" | "allowed" | "did_you_mean"> {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

const reading: Wish = { permission: "read_only" };
const writing: Wish = { permission: "read_write" };
const of = (environment: string, wish: Wish = reading): Wish => ({ ...wish, environment });
const lifeOf = (policy: Policy, wish: Wish, text?: string) =>
  ((policy.expiry(text, wish, now)?.getTime() ?? Number.NaN) - now.getTime()) / day;

describe("the longest life", () => {
  it("is the shortest that a rule allows, and the default shrinks to it", () => {
    const both = {
      max_expiry: "20d",
      environments: { production: { max_expiry: "2d" }, "*": { max_expiry: "10d" } },
    };
    const open = policy(both, { max_expiry: 15 * day });
    expect([reading, of("staging"), of("production")].map((wish) => lifeOf(open, wish))).toEqual([15, 10, 2]);
    expect(lifeOf(policy({ max_expiry: "90d" }), reading)).toBe(30);
    expect(lifeOf(policy({}, { max_expiry: 90 * day }), reading, "90d")).toBe(90);
    expect(policy(undefined).longest(reading)).toBeUndefined();
    expect(policy(undefined).expiry("never", reading, now)).toBeNull();
  });

  it("may be another one for each permission; what nobody knows counts as writing", () => {
    const open = policy({ max_expiry: { read_write: "1d" } });
    expect(lifeOf(open, reading, "400d")).toBe(400);
    expect(lifeOf(open, writing)).toBe(1);
    expect(lifeOf(open, { permission: "custom" })).toBe(1);
    expect(refusal(() => open.expiry("2d", writing, now)).message).toContain(
      `max_expiry.read_write in ${path}`,
    );
  });

  it.each<[object | undefined, number | undefined, string]>([
    [{ max_expiry: "2d" }, undefined, `(max_expiry in ${path})`],
    [{ max_expiry: "2d" }, 3 * day, `(max_expiry in ${path})`],
    [{ max_expiry: "3d" }, 2 * day, "(FLY_TOKENS_MAX_EXPIRY)"],
    [undefined, 2 * day, "(FLY_TOKENS_MAX_EXPIRY)"],
    [
      { environments: { production: { max_expiry: "2d" } } },
      9 * day,
      `(environments.production.max_expiry in ${path})`,
    ],
  ])("of %j and the setting %j is named with its rule", (file, max_expiry, rule) => {
    const open = policy(file, { max_expiry });
    const wish = of("production");
    for (const text of ["never", "49h", "2026-03-04"]) {
      const refused = refusal(() => open.expiry(text, wish, now));
      expect(refused).toMatchObject({ code: "forbidden", allowed: ["2d"], did_you_mean: "2d" });
      expect(refused.message).toContain(rule);
    }
    expect(open.expiry("48h", wish, now)?.getTime()).toBe(now.getTime() + 2 * day);
    expect(refusal(() => open.permitEnd(null, wish, now)).message).toContain(rule);
    expect(refusal(() => open.permitEnd(new Date(now.getTime() + 3 * day), wish, now)).code).toBe(
      "forbidden",
    );
    open.permitEnd(new Date(now.getTime() + 2 * day + 1), wish, now);
  });
});

describe("permissions", () => {
  it("are those that every list has", () => {
    const open = policy({ environments: { production: { permissions: ["read_only"] } } });
    open.permit(writing);
    open.permit(of("staging", writing));
    open.permit(of("production"));
    for (const permission of ["read_write", "custom"] as const) {
      const refused = refusal(() => open.permit({ permission, environment: "production" }));
      expect(refused).toMatchObject({ code: "forbidden", allowed: ["read_only"], did_you_mean: "read_only" });
      expect(refused.message).toContain(`environments.production.permissions in ${path}`);
    }
  });

  it("may be none", () => {
    const open = policy({
      permissions: ["read_only"],
      environments: { "*": { permissions: ["read_write"] } },
    });
    open.permit(reading);
    for (const wish of [of("a"), of("a", writing)]) {
      const refused = refusal(() => open.permit(wish));
      expect(refused.allowed).toBeUndefined();
      expect(refused.fix).toContain("operator");
    }
  });

  it("are those of the environment, however its name is written", () => {
    const open = policy({ environments: { production: { permissions: [] } } });
    for (const name of ["production", "Production", " PRODUCTION "])
      expect(refusal(() => open.permit(of(name))).code).toBe("forbidden");
  });
});

describe("deliveries", () => {
  it("are those that every list has", () => {
    const open = policy({
      deliveries: ["file", "keychain", "inline"],
      environments: { production: { deliveries: ["kubernetes", "keychain"] } },
    });
    for (const to of ["file", "keychain", "inline"]) open.permitDelivery(to);
    open.permitDelivery("keychain", "production");
    expect(refusal(() => open.permitDelivery("reveal_page"))).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining(`(deliveries in ${path})`),
      allowed: ["file", "keychain", "inline"],
      did_you_mean: "file",
    });
    for (const to of ["inline", "kubernetes"])
      expect(refusal(() => open.permitDelivery(to, "production"))).toMatchObject({ allowed: ["keychain"] });
  });
});

describe("a protected environment", () => {
  const open = policy({ environments: { production: { protected: true } } });

  it("is asked about, and no other", () => {
    expect(open.asks({ environment: "production" })).toContain(
      `environments.production.protected in ${path}`,
    );
    expect(open.asks({ environment: " Production" })).toBeTruthy();
    expect(open.asks({ environment: "staging" })).toBeUndefined();
    expect(open.asks({})).toBeUndefined();
    expect(policy({ environments: { "*": { protected: true } } }).asks({ environment: "any" })).toBeTruthy();
    expect([open.protects, policy({ environments: { a: { protected: false } } }).protects]).toEqual([
      true,
      false,
    ]);
  });

  it("wants a reason for what may write", () => {
    open.permit(of("production"));
    open.permit({ ...of("production", writing), reason: "the release" });
    for (const reason of [undefined, "", "  "]) {
      const refused = refusal(() => open.permit({ ...of("production", writing), reason }));
      expect(refused).toMatchObject({ code: "forbidden", did_you_mean: "read_only" });
      expect(refused.message).toContain(`environments.production.protected in ${path}`);
      expect(refused.fix).toContain("with reason");
    }
  });
});

describe("of the settings and the file the stricter one holds", () => {
  it.each<[object, object, object]>([
    [{ inline_secrets: "allow" }, { inline_secrets: "deny" }, { inline_secrets: "deny" }],
    [{ inline_secrets: "deny" }, { inline_secrets: "allow" }, { inline_secrets: "deny" }],
    [{ confirm: "never" }, { confirm: "auto" }, { confirm: "auto" }],
    [{ confirm: "auto" }, { confirm: "always" }, { confirm: "always" }],
    [{ confirm: "always" }, { confirm: "auto" }, { confirm: "always" }],
    [{ confirm: "never" }, {}, { confirm: "never" }],
    [{ read_only: true }, { read_only: false }, { read_only: true }],
    [{ read_only: false }, { read_only: true }, { read_only: true }],
  ])("%j and %j are %j", (settings, file, expected) => {
    expect(policy(file, settings)).toMatchObject(expected);
  });

  it("which says where it stands", () => {
    expect(policy({ inline_secrets: "deny" }).ruleOf("inline_secrets")).toBe(`inline_secrets in ${path}`);
    const both = policy({ inline_secrets: "deny" }, { inline_secrets: "deny" });
    expect(both.ruleOf("inline_secrets")).toBe("FLY_TOKENS_INLINE_SECRETS=deny");
  });

  it("and tools are those on both lists", () => {
    const all = ["a", "b", "c"];
    expect(policy({}).tools(all)).toEqual(all);
    expect(policy({ tools: ["c", "b"] }, { tools: ["a", "b"] }).tools(all)).toEqual(["b"]);
    expect(policy({ tools: [] }).tools(all)).toEqual([]);
    expect(refusal(() => policy({ tools: ["d"] }).tools(all))).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining(`tools in ${path}: d`),
      allowed: all,
    });
    expect(refusal(() => policy({}, { tools: ["d"] }).tools(all)).message).toContain("FLY_TOKENS_TOOLS");
  });
});

it("says its rules", () => {
  const rules = {
    max_expiry: { read_only: "90d", read_write: "30d" },
    permissions: ["read_only", "read_write"],
    environments: { production: { protected: true, max_expiry: "36h", deliveries: [] }, "*": {} },
  };
  expect(policy(rules).sentences()).toEqual([
    `The operator's rules stand in ${path}.`,
    "Every token: if read_only, lives at most 90d; if read_write, lives at most 30d; permissions: read_only, read_write.",
    "A token of production: lives at most 36h; deliver_to: none; a person is asked first, and read_write needs a reason.",
  ]);
});
