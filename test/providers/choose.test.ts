import { describe, expect, test } from "vitest";
import { defaultProvider, useProvider } from "../../src/providers/choose.ts";
import type { Identity, Provider } from "../../src/providers/provider.ts";

const identity: Identity = { me: async () => ({ username: "ann", role: "admin" }) };
const one = (id: string, configured: boolean, groups: Partial<Provider> = { identity }): Provider => ({
  id,
  title: `Title of ${id}`,
  configured,
  ...groups,
});
const local = one("local", true);
const acme = one("acme", true);
const other = one("other", true);

describe("without a name", () => {
  test("it is the local registry when no product is configured", () => {
    expect(useProvider([local, one("acme", false)], "identity").provider).toBe(local);
  });

  test("it is the product when exactly one is configured", () => {
    expect(useProvider([local, acme, one("other", false)], "identity").provider).toBe(acme);
  });

  test("it is refused when several are configured: nobody guesses whose credential to use", () => {
    const list = [local, acme, other, one("off", false)];
    expect(defaultProvider(list)).toBeUndefined();
    expect(() => useProvider(list, "identity")).toThrow(
      expect.objectContaining({ code: "not_configured", allowed: ["local", "acme", "other"] }),
    );
  });
});

describe("with a name", () => {
  test("it is that one, with the ability that was asked for", () => {
    expect(useProvider([local, acme], "identity", "local")).toEqual({ provider: local, identity });
  });

  test("it is refused when there is none of that name, and the name is quoted as data", () => {
    expect(() => useProvider([local, acme], "identity", "ac\u202eme\n")).toThrow(
      expect.objectContaining({
        code: "not_found",
        message: 'There is no provider "ac me".',
        allowed: ["local", "acme"],
      }),
    );
  });

  test("it is refused when that one is not configured", () => {
    expect(() => useProvider([local, one("acme", false)], "identity", "acme")).toThrow(
      expect.objectContaining({ code: "not_configured", message: "Title of acme is not configured." }),
    );
  });

  test("and what is there of its settings is said", () => {
    const half = one("acme", false, { notes: () => ["ACME_TOKEN is set, and ACME_URL is not."] });
    expect(() => useProvider([local, half], "identity", "acme")).toThrow(
      expect.objectContaining({ message: expect.stringContaining("ACME_URL is not") }),
    );
  });

  test("what it lacks is refused with who has it", () => {
    const list = [local, one("acme", true, {}), one("other", false)];
    expect(() => useProvider(list, "identity", "acme")).toThrow(
      expect.objectContaining({
        code: "unsupported",
        message: "Title of acme has no identity.",
        fix: expect.stringContaining("local or other"),
        allowed: ["local", "other"],
      }),
    );
  });

  test("what nobody has is refused without a name", () => {
    expect(() => useProvider([one("acme", true, {})], "tokens", "acme")).toThrow(
      expect.objectContaining({ code: "unsupported", fix: "No provider has it." }),
    );
  });
});
