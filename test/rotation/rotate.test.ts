/** rotate_token, as an agent calls it: package managers and files that use a token, and what becomes of them. */
import { stat } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkPackageManager } from "../../tools/check-package-manager.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { rotateToken } from "../../tools/rotate-token.ts";
import { answerOf, expectRefusal } from "../support/answers.ts";
import { type Machine, type MachineOptions, openMachine } from "../support/machine.ts";

let here: Machine;
const open = async (options: MachineOptions = {}) => {
  here = await openMachine({ ...options, env: { FLY_TOKENS_CONFIRM: "never", ...options.env } });
};
beforeEach(() => open());
afterEach(() => here[Symbol.asyncDispose]());

const rotate = async (args: Record<string, unknown>) => answerOf(rotateToken, await here.call("rotate_token", args));
const statuses = async () => Object.fromEntries((await here.tokens()).map(({ id, status }) => [id, status]));
const works = async (manager: string) =>
  answerOf(checkPackageManager, await here.call("check_package_manager", { manager })).package_managers[0];

it("puts a successor into every package manager, tries it, and revokes the old one", async () => {
  await here.write(".npmrc", "# mine\ncolor=false\n");
  const { token } = await here.setUp({ manager: "npm,pip", expires: "10d", permission: "read_write" });
  const before = await here.tree();
  const { old, new: successor, rewritten, old_revoked_at } = await rotate({ id: token?.id });
  expect(old).toMatchObject({ id: token?.id, status: "revoked" });
  expect(old_revoked_at).toMatch(/Z$/);
  expect(rewritten?.map(({ verified }) => verified)).toEqual([true]);
  expect(successor).toMatchObject({ name: token?.name, permission: "read_write" });
  expect(await statuses()).toEqual({ [String(successor?.id)]: "active", [String(token?.id)]: "revoked" });
  for (const manager of ["npm", "pip"])
    expect(await works(manager)).toMatchObject({ works: { ok: true }, token: { id: successor?.id } });
  // Nothing but the value has changed in any file.
  const [first = "", second = ""] = here.values;
  const after = Object.entries(await here.tree()).map(([path, text]) => [path, text.replaceAll(second, first)]);
  expect(Object.fromEntries(after)).toEqual(before);
});

it("rewrites a file to which the value was delivered", async () => {
  const { token } = answerOf(
    generateToken,
    await here.call("generate_token", { name: "ci", deliver_to: "file", deliver_path: "the-token" }),
  );
  const { rewritten, new: successor } = await rotate({ id: token.id });
  expect(rewritten).toEqual([{ where: here.at("the-token"), verified: true }]);
  expect(await here.read("the-token")).toBe(`${here.values[1]}\n`);
  expect((await stat(here.at("the-token"))).mode & 0o777).toBe(0o600);
  expect(await statuses()).toEqual({ [token.id]: "revoked", [String(successor?.id)]: "active" });
});
