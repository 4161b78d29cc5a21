/** The keychain where there is none, and what an entry is called; test/e2e/keychain*.test.ts have a real one. */
import { describe, expect, it } from "vitest";
import { destinationOf } from "../../src/delivery/destination.ts";
import { openKeychain } from "../../src/keychain.ts";
import { Secret } from "../../src/secret.ts";
import { openMachine } from "../support/machine.ts";

const noBus = "without a session bus";

// macOS and Windows always have one, and it is the developer's.
describe.skipIf(["darwin", "win32"].includes(process.platform))("where no Secret Service can be", () => {
  it.each([
    ["there is no session", {}, noBus],
    ["nobody listens in the session", { XDG_RUNTIME_DIR: "/nonexistent" }, "No Secret Service answers"],
    ["the bus is gone", { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent" }, "No Secret Service answers"],
  ])("mints nothing and says what is missing: %s", async (_what, env, sentence) => {
    await using machine = await openMachine({ env });
    const refused = await machine.call("generate_token", { name: "deploy", deliver_to: "keychain" });
    expect(refused.error).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining(sentence),
      fix: expect.stringMatching(/^(Set DBUS_SESSION_BUS_ADDRESS|Start gnome-keyring).*deliver_to file/),
    });
    expect(await machine.tokens()).toEqual([]);
    expect(await machine.context.ledger.all()).toEqual([]);
  });

  it("is refused as a place of a token, too", async () => {
    await using machine = await openMachine();
    for (const [tool, args] of [
      ["configure_package_manager", { manager: "npm", token_from: "keychain:deploy" }],
      ["restrict_token", { from: "keychain:deploy", restrictions: { read_only: true } }],
      ["get_token", { from: "keychain:deploy" }],
    ] as const) {
      const { error } = await machine.call(tool, args);
      expect(error, tool).toMatchObject({ code: "unsupported", message: expect.stringContaining(noBus) });
    }
    expect(await machine.tree()).toEqual({});
  });

  it("never repeats the value", async () => {
    const keychain = openKeychain({ env: {}, platform: "linux" });
    const refused = keychain.set("deploy", new Secret("flyt_a-value-that-nobody-may-see"));
    await expect(refused).rejects.toThrow(noBus);
    await expect(refused).rejects.not.toThrow("nobody-may-see");
  });
});

describe("the name of an entry", () => {
  it.each([
    ["deploy", "deploy"],
    ["Deploy to production (eu)", "Deploy-to-production-eu"],
    ["  .hidden/../etc ", "hidden-..-etc"],
    ["npm, pip on büro-pc", "npm-pip-on-b-ro-pc"],
    ["-rf $(id)", "rf-id"],
    ["x".repeat(300), "x".repeat(100)],
    ["合同", undefined],
  ])("%j becomes %j", (name, entry) => {
    expect(destinationOf({ deliver_to: "keychain", name }).name).toBe(entry);
  });

  it("is the one that was asked for, and elsewhere not the token's", () => {
    expect(destinationOf({ deliver_to: "keychain", name: "a", deliver_name: "b" }).name).toBe("b");
    expect(destinationOf({ deliver_to: "env_file", name: "a" }).name).toBeUndefined();
  });

  it.each([
    ["a token that leaves no name", { name: "合同" }, "needs a name"],
    ["spaces", { deliver_name: "my token" }, "is not a name"],
    ["a dash in front", { deliver_name: "-rf" }, "is not a name"],
    ["the form of a trial", { deliver_name: ".trial-1" }, "is not a name"],
    ["a command", { deliver_name: "a;id" }, "is not a name"],
    ["a NUL", { deliver_name: "a\0b" }, "is not a name"],
    ["nothing", { deliver_name: "" }, "is not a name"],
    ["101 characters", { deliver_name: "x".repeat(101) }, "is not a name"],
    ["a token", { deliver_name: `flyt_${"A1b2C3d4".repeat(6)}` }, "is not a name"],
  ])("is refused: %s", async (_what, args, sentence) => {
    await using machine = await openMachine();
    const call = { name: "deploy", deliver_to: "keychain", ...args };
    const { error, wire } = await machine.call("generate_token", call);
    expect(error).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(sentence),
      fix: expect.stringContaining("deliver_name"),
    });
    expect(wire).not.toContain("A1b2C3d4");
    expect(await machine.tokens()).toEqual([]);
  });
});

describe("the command by which a person reads an entry", () => {
  it.each([
    ["linux", "secret-tool lookup service fly-tokens username deploy"],
    ["darwin", "security find-generic-password -s fly-tokens -a deploy -w"],
    ["win32", undefined],
  ] as const)("%s", (platform, command) => {
    expect(openKeychain({ env: {}, platform }).command("deploy")).toBe(command);
  });
});
