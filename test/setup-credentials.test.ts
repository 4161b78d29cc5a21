/** configure_package_manager with a token that exists already. */
import { describe, expect, it } from "vitest";
import type { ProblemCode } from "../src/problem.ts";
import { generateToken } from "../tools/generate-token.ts";
import { answerOf } from "./support/answers.ts";
import { type Machine, openMachine } from "./support/machine.ts";
import { expectUndone, refusedBefore, refusing } from "./support/undone.ts";

describe("what publishes is led to the registry", () => {
  const deployment = "altDeploymentRepository";

  it.each([
    ["read_write", true],
    ["read_only", false],
  ])("by a new token that is %s: %s", async (permission, led) => {
    await using here = await openMachine();
    await here.setUp({ manager: "maven", permission });
    expect((await here.read(".m2/settings.xml"))?.includes(deployment)).toBe(led);
  });

  it.each([
    ["read_write", true],
    ["read_only", false],
  ])("by a token that exists and is %s, whatever else is asked for: %s", async (permission, led) => {
    await using here = await openMachine();
    const made = await here.call("generate_token", { name: "ci", permission });
    const { id } = answerOf(generateToken, made).token;
    const dry = await here.setUp({ manager: "maven", token_id: id, dry_run: true });
    expect(dry.changes[0]?.diff.includes(deployment)).toBe(led);
    await here.setUp({ manager: "maven", token_id: id });
    expect((await here.read(".m2/settings.xml"))?.includes(deployment)).toBe(led);
  });
});

describe("a token that is named", () => {
  it("by an id that nobody gave, or that is more than fifteen minutes old", async () => {
    let clock = new Date("2026-03-01T10:00:00Z");
    await using here = await openMachine({ now: () => clock });
    const args = { manager: "npm", token_id: "tok_unknown" };
    await expectUndone(here, args, refusedBefore("not_found", /15 minutes/));
    const made = await here.call("generate_token", { name: "ci" });
    const { id } = answerOf(generateToken, made).token;
    clock = new Date("2026-03-01T10:15:00Z");
    await expectUndone(here, { manager: "npm", token_id: id }, refusedBefore("not_found", /15 minutes/));
  });

  it("by an id, when it was revoked meanwhile: it stays what it is, and the file as it was", async () => {
    await using here = await openMachine();
    const { id } = answerOf(generateToken, await here.call("generate_token", { name: "ci" })).token;
    await here.registry.call("POST", `/tokens/${id}/revoke`);
    await expectUndone(here, { manager: "npm", token_id: id }, refusedBefore("verification_failed", /401/));
  });

  it("by an id is not revoked when the set-up fails: somebody else has it", async () => {
    await using here = await openMachine(refusing("/-/whoami", 401));
    const { id } = answerOf(generateToken, await here.call("generate_token", { name: "ci" })).token;
    await expectUndone(here, { manager: "npm", token_id: id }, refusedBefore("verification_failed"));
    expect(await here.tokens()).toEqual([{ id, status: "active" }]);
  });

  it.each<[string, string, ProblemCode, (here: Machine) => Promise<unknown>]>([
    ["as text", "flyt_0123456789abcdefghijklmnopqrstuvwxyz", "invalid_input", async () => {}],
    ["by a variable that is not set", "env:MISSING", "not_found", async () => {}],
    ["by an empty variable", "env:EMPTY", "not_found", async () => {}],
    ["by a variable with two lines", "env:LINES", "invalid_input", async () => {}],
    ["by a variable with somebody else's secret", "env:FOREIGN", "unauthorized", async () => {}],
    ["by a file that is not there", "file:missing", "not_found", async () => {}],
    ["by a folder", "file:.", "not_found", async () => {}],
    ["by a file with two lines", "file:lines", "invalid_input", (here) => here.write("lines", "a\nb\n")],
    ["by a file of anything", "file:any", "invalid_input", (here) => here.write("any", "hunter2 is mine")],
    [
      "by a file with somebody else's secret",
      "file:foreign",
      "unauthorized",
      (here) => here.write("foreign", "npm_this-is-for-another-registry\n"),
    ],
    [
      "by a file with a token that was revoked",
      "file:revoked",
      "unauthorized",
      async (here) => {
        const { token, value } = await here.registry.mint();
        await here.registry.call("POST", `/tokens/${token.id}/revoke`);
        await here.write("revoked", value);
      },
    ],
  ])("%s (%s) is refused, and nothing that was read is repeated", async (_how, token_from, code, prepare) => {
    await using here = await openMachine({
      env: { EMPTY: "", LINES: "npm_first\nnpm_second", FOREIGN: "npm_this-is-for-another-registry" },
    });
    await prepare(here);
    const { wire } = await expectUndone(here, { manager: "npm", token_from }, refusedBefore(code));
    expect(wire).not.toMatch(/npm_|hunter2|flyt_/);
  });

  it("by a file or a variable is used when it is good, and nothing is minted", async () => {
    await using issuer = await openMachine();
    const { token, value } = await issuer.registry.mint({ name: "kept elsewhere" });
    await using here = await openMachine({
      env: {
        FLY_TOKEN: value,
        CARGO_REGISTRIES_FLY_TOKEN: `Bearer ${value}`,
        FLY_TOKENS_LOCAL_URL: issuer.registry.url,
        FLY_TOKENS_LOCAL_KEY: issuer.registry.adminKey,
      },
    });
    await here.write("kept", `${value}\n`);
    for (const args of [
      { token_from: "file:kept" },
      { token_from: "env:FLY_TOKEN" },
      { token_from: "env:CARGO_REGISTRIES_FLY_TOKEN" },
      { token_from: "env:FLY_TOKEN", secret_style: "reference" },
    ]) {
      const { verified, restore_id, token: used } = await here.setUp({ manager: "npm", ...args });
      expect(verified).toMatchObject({ ok: true, as: "admin" });
      expect(used?.id).toBe(token.id);
      const npmrc = await here.read(".npmrc");
      expect(npmrc).toContain(`:_authToken=${args.secret_style ? "${FLY_TOKEN}" : value}\n`);
      await here.call("restore_package_manager", { restore_id });
    }
    expect(await issuer.tokens()).toHaveLength(1);
    expect(here.frames.join()).not.toContain(value);
  });
});
