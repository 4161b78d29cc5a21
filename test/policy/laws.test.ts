/** That a rule more never allows what was refused without it. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { policyOf } from "../../src/policy/compose.ts";
import { parsePolicy } from "../../src/policy/file.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { Problem } from "../../src/problem.ts";

const now = new Date("2026-03-01T10:00:00Z");
const permissions = ["read_only", "read_write"] as const;
const deliveries = ["inline", "file", "keychain", "kubernetes"] as const;
const environments = ["production", "staging"] as const;
const tools = ["get_status", "generate_token"] as const;

const length = fc.constantFrom("1h", "2d", "30d", "31d", "90d", "2y");
const some = { requiredKeys: [] as [] };
const limits = {
  max_expiry: fc.oneof(length, fc.record({ read_only: length, read_write: length }, some)),
  permissions: fc.subarray([...permissions]),
  deliveries: fc.subarray([...deliveries]),
};
const environment = fc.record({ ...limits, protected: fc.boolean() }, some);
const file = fc.record(
  {
    ...limits,
    inline_secrets: fc.constantFrom("allow", "deny"),
    confirm: fc.constantFrom("auto", "always"),
    read_only: fc.boolean(),
    tools: fc.subarray([...tools]),
    environments: fc.record({ production: environment, staging: environment, "*": environment }, some),
  },
  some,
);
const settings = fc.record({
  inline_secrets: fc.constantFrom("allow" as const, "deny" as const),
  confirm: fc.constantFrom("never" as const, "auto" as const, "always" as const),
  read_only: fc.boolean(),
  tools: fc.option(fc.subarray([...tools]), { nil: undefined }),
  max_expiry: fc.constantFrom(undefined, 3_600_000, 86_400_000 * 60),
});
const wish = fc.record({
  permission: fc.constantFrom(...permissions, "custom" as const),
  environment: fc.constantFrom(undefined, ...environments, "Production"),
  reason: fc.constantFrom(undefined, "", "the release"),
});
const call = fc.record({
  wish,
  expires: fc.constantFrom(undefined, "1h", "2d", "30d", "60d", "never"),
  to: fc.constantFrom(...deliveries),
});

type Call = typeof call extends fc.Arbitrary<infer Value> ? Value : never;

/** Everything that is allowed, asked for in one call; how strictly the rest is, as numbers that only grow. */
function judged(policy: Policy, { wish, expires, to }: Call) {
  const allows = (act: () => unknown): boolean => {
    try {
      act();
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === "forbidden") return false;
      throw error;
    }
  };
  return {
    allowed: [
      allows(() => policy.permit(wish)),
      allows(() => policy.expiry(expires, wish, now)),
      allows(() => policy.permitDelivery(to, wish.environment)),
      ...tools.map((name) => policy.tools(tools).includes(name)),
      policy.inline_secrets === "allow",
      !policy.read_only,
      policy.asks(wish) === undefined,
      policy.confirm !== "always",
      policy.confirm === "never",
    ],
    longest: policy.longest(wish) ?? Number.POSITIVE_INFINITY,
  };
}

type Rules = Record<string, unknown>;

/** The rules of both; where both have one of a name, that of the second. */
function joined(first: Rules, second: Rules): Rules {
  const isOne = (value: unknown): value is Rules =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const merged = { ...first, ...second };
  for (const name of Object.keys(first)) {
    const [one, other] = [first[name], second[name]];
    if (isOne(one) && isOne(other)) merged[name] = joined(one, other);
  }
  return merged;
}

const parsed = (rules: Rules) => parsePolicy(JSON.stringify(rules), "/etc/rules.json");

it("in the file", () => {
  fc.assert(
    fc.property(settings, file, file, call, (set, rules, more, what) => {
      const before = judged(policyOf(set, parsed(rules)), what);
      const after = judged(policyOf(set, parsed(joined(more as Rules, rules as Rules))), what);
      expect(after.allowed.filter((is, at) => is && !before.allowed[at])).toEqual([]);
      expect(after.longest).toBeLessThanOrEqual(before.longest);
    }),
    { numRuns: 300 },
  );
});

it("by the file beside the settings, and by the settings beside the file", () => {
  fc.assert(
    fc.property(settings, file, call, (set, rules, what) => {
      const both = judged(policyOf(set, parsed(rules)), what);
      const none = { inline_secrets: "allow", confirm: "never", read_only: false } as const;
      for (const one of [judged(policyOf(set), what), judged(policyOf(none, parsed(rules)), what)]) {
        expect(both.allowed.filter((is, at) => is && !one.allowed[at])).toEqual([]);
        expect(both.longest).toBeLessThanOrEqual(one.longest);
      }
    }),
    { numRuns: 300 },
  );
});

it("and what is named as allowed is allowed", () => {
  fc.assert(
    fc.property(settings, file, call, (set, rules, { wish, expires, to }) => {
      const policy = policyOf(set, parsed(rules));
      const retry = (act: () => unknown, again: (nearest: string) => unknown) => {
        try {
          act();
        } catch (error) {
          if (!(error instanceof Problem) || error.did_you_mean === undefined) return;
          expect(error.allowed).toContain(error.did_you_mean);
          again(error.did_you_mean);
        }
      };
      retry(
        () => policy.permit(wish),
        (nearest) => policy.permit({ ...wish, permission: nearest as "read_only", reason: "the release" }),
      );
      retry(
        () => policy.expiry(expires, wish, now),
        (nearest) => policy.expiry(nearest, wish, now),
      );
      retry(
        () => policy.permitDelivery(to, wish.environment),
        (nearest) => policy.permitDelivery(nearest, wish.environment),
      );
    }),
    { numRuns: 300 },
  );
});
