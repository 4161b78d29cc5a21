/** Rotations at Fly.io and JFrog: the same properties, one successor whatever becomes of the answers, the old one ended. */
import { describe, expect, it } from "vitest";
import { generateToken } from "../../tools/generate-token.ts";
import { restrictToken } from "../../tools/restrict-token.ts";
import { rotateToken } from "../../tools/rotate-token.ts";
import { answerOf, expectRefusal } from "../support/answers.ts";
import { openFlyio } from "../support/flyio.ts";
import { openJfrogMachine } from "../support/jfrog.ts";
import type { Machine } from "../support/machine.ts";

const env = { FLY_TOKENS_CONFIRM: "never" };
const rotate = async (here: Machine, args: Record<string, unknown>) =>
  answerOf(rotateToken, await here.call("rotate_token", args));
const generate = async (here: Machine, args: Record<string, unknown>) =>
  answerOf(generateToken, await here.call("generate_token", { name: "a token", ...args })).token.id;
const toFile = { deliver_to: "file", deliver_path: "the-token" };
const textOf = async (here: Machine) => String(await here.read("the-token")).trim();

describe("at Fly.io", () => {
  const open = () => openFlyio({ programs: { docker: "cat > /dev/null" }, env });
  type Here = Awaited<ReturnType<typeof open>>;
  const living = ({ fake }: Here) => fake.tokens.filter(({ revokedAt }) => !revokedAt).map(({ id }) => id);
  const web = { app_name: "web", action: "w" } as const;
  const api = { app_name: "api", action: "w" } as const;

  it.each([
    ["a deploy token of an app", { app: "web" }],
    ["one that runs a command", { app: "web", kind: "machine-exec", commands: [["uptime"]] }],
    ["one of an organization", { org: "acme" }],
  ])("%s has a successor that may do the same", async (_what, flyio) => {
    await using here = await open();
    const id = await generate(here, { provider: "flyio", permission: "read_write", flyio, ...toFile });
    const before = await textOf(here);
    const { new: successor, rewritten } = await rotate(here, { id, provider: "flyio" });
    const after = await textOf(here);
    expect(after).not.toBe(before);
    expect(rewritten).toEqual([{ where: here.at("the-token"), verified: true }]);
    for (const access of [web, api])
      expect(here.fake.verify(after, access).allowed).toBe(
        { web: !("kind" in flyio), api: "org" in flyio }[access.app_name],
      );
    expect(living(here)).toEqual([successor?.id]);
  });

  it("docker and a file have it as each is used to, and again where a rotation fails", async () => {
    await using here = await open();
    const id = await generate(here, {
      provider: "flyio",
      permission: "read_write",
      flyio: { app: "web" },
      ...toFile,
    });
    await here.setUp({ manager: "docker", token_id: id, provider: "flyio" });
    const before = await here.tree();
    here.fake.faults.always("/v2/", { kind: "502-before-commit" });
    const result = await here.call("rotate_token", { id, provider: "flyio" });
    here.fake.faults.clear();
    expect(result.text).toMatch(/Everything was put back, the new token was revoked/);
    expect(await here.tree()).toEqual(before);
    expect(living(here)).toEqual([id]);
    const { rewritten, new: successor } = await rotate(here, { id, provider: "flyio" });
    expect(rewritten?.map(({ verified }) => verified)).toEqual([true, true]);
    expect(living(here)).toEqual([successor?.id]);
  });

  it.each(["502-after-commit", "cut-after-commit", "502-before-commit"] as const)(
    "an answer that is lost (%s) makes no second successor",
    async (kind) => {
      await using here = await open();
      const id = await generate(here, { provider: "flyio", flyio: { app: "web" }, ...toFile });
      here.fake.faults.next("CreateToken", { kind });
      const result = await here.call("rotate_token", { id, provider: "flyio" });
      if (result.isError) await rotate(here, { id, provider: "flyio" });
      expect(living(here)).toHaveLength(1);
      expect(here.fake.verify(await textOf(here), { app_name: "web", action: "r" }).allowed).toBe(true);
    },
  );

  it("what was narrowed from it is left alone", async () => {
    await using here = await open();
    const id = await generate(here, {
      provider: "flyio",
      permission: "read_write",
      flyio: { org: "acme" },
      ...toFile,
    });
    const token = `file:${here.at("the-token")}`;
    const narrowed = {
      deliver_to: "file",
      deliver_path: "narrow",
      restrictions: { expires: "1d" },
    };
    answerOf(restrictToken, await here.call("restrict_token", { from: token, ...narrowed }));
    const narrow = await here.read("narrow");
    const { rewritten } = await rotate(here, { id, provider: "flyio" });
    expect(rewritten).toHaveLength(1);
    expect(await here.read("narrow")).toBe(narrow);
  });
});

describe("at JFrog", () => {
  const open = () => openJfrogMachine({ env });
  const jfrog = { provider: "jfrog" };

  it("has the same name and rights, and the old one is gone", async () => {
    await using here = await open();
    const id = await generate(here, { ...jfrog, permission: "read_write", expires: "5d", ...toFile });
    const { new: successor, old } = await rotate(here, { id, ...jfrog, idempotency_key: "k" });
    expect(successor).toMatchObject({ name: "a token", permission: "read_write" });
    expect(old).toMatchObject({ id, status: "revoked" });
    const again = await rotate(here, { id, ...jfrog, idempotency_key: "k" });
    expect(again.new?.id).toBe(successor?.id);
  });

  it("a token that lives too short to be revoked is rotated, and what lives on is said", async () => {
    await using here = await open();
    const id = await generate(here, { ...jfrog, expires: "1h", ...toFile });
    const result = await here.call("rotate_token", { id, ...jfrog, expires: "2d" });
    expect(result.isError, result.wire).toBeUndefined();
    expect(result.text).toMatch(/revoked at|could NOT be revoked/);
  });

  it("the credential of the server itself is not rotated", async () => {
    await using here = await open();
    const { token_id = "" } = (await here.context.use("identity", "jfrog").identity.me()) ?? {};
    expectRefusal(
      await here.call("rotate_token", { id: token_id, ...jfrog, deliver_to: "inline" }),
      "unsupported",
      /server itself/,
    );
    expectRefusal(
      await here.call("rotate_token", { id: "me", ...jfrog, deliver_to: "inline" }),
      "unsupported",
      /server itself/,
    );
  });

  it.each(["502-after-commit", "cut-after-commit", "502-before-commit"] as const)(
    "an answer that is lost (%s) makes no second successor",
    async (kind) => {
      await using here = await open();
      const id = await generate(here, { ...jfrog, ...toFile });
      here.fake.faults.next("createToken", { kind });
      const result = await here.call("rotate_token", { id, ...jfrog });
      if (result.isError) await rotate(here, { id, ...jfrog });
      const { tokens } = here.context.use("tokens", "jfrog");
      const { items } = await tokens.list({ limit: 50, status: "active", name: "a token" });
      expect(items).toHaveLength(1);
    },
  );
});
