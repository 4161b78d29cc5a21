/** Package managers that use a token: which of them a rotation rewrites, how, and what they are where it fails. */
import { mkdir, rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/answers.ts";
import { openSetting, type Setting } from "./setting.ts";

const idOf = ({ token }: Awaited<ReturnType<Setting["setUp"]>>) => token?.id ?? "";

/** docker's own store: one file for each server. */
const store = `
cd "$HOME"
case "$1" in
store) cat > stored.json ;;
get) cat > /dev/null; [ -f stored.json ] && cat stored.json || { echo "credentials not found in native keychain"; exit 1; } ;;
erase) cat > /dev/null; rm -f stored.json ;;
esac`;

describe("docker with a store of the user's", () => {
  const open = async () => {
    const here = await openSetting({ programs: { "docker-credential-mine": store } });
    await here.write(".docker/config.json", '{"credsStore":"mine"}');
    return here;
  };

  it("gets the successor's login there, and keeps no other", async () => {
    const here = await open();
    const id = idOf(await here.setUp({ manager: "npm,docker" }));
    const { rewritten } = await here.rotate({ id });
    expect(rewritten).toHaveLength(2);
    expect(await here.read("stored.json")).toContain(here.values[1]);
    for (const manager of ["npm", "docker"])
      expect(await here.check(manager)).toMatchObject({ works: { ok: true } });
  });

  it("has the former login again where it cannot be proved", async () => {
    const here = await open();
    const id = idOf(await here.setUp({ manager: "npm,docker" }));
    const before = await here.tree();
    here.world.cut = (request) => request.endsWith("/v2/");
    const result = await here.call("rotate_token", { id });
    here.world.cut = undefined;
    expect(result.text).toMatch(/Everything was put back, the new token was revoked/);
    const after = await here.tree();
    expect({ ...after, "stored.json": "" }).toEqual({ ...before, "stored.json": "" });
    expect(await here.read("stored.json")).toContain(here.values[0]);
    expect(await here.active()).toEqual([id]);
    expect(await here.check("docker")).toMatchObject({ works: { ok: true }, token: { id } });
  });
});

describe("the way of the last set-up", () => {
  it("is kept, whatever an earlier one was", async () => {
    const here = await openSetting();
    const id = await here.toFile();
    const env = here.context.env as Record<string, string | undefined>;
    env.FLY_TOKEN = here.values[0];
    await here.setUp({ manager: "npm", secret_style: "reference", token_id: id });
    await here.setUp({ manager: "npm", secret_style: "value", token_id: id });
    const { rewritten } = await here.rotate({ id });
    expect(rewritten).toHaveLength(2);
    expect(await here.read(".npmrc")).toContain(here.values[1]);
  });

  it("is no way where another token was put there later, or where it was taken back", async () => {
    const here = await openSetting();
    const id = await here.toFile();
    await here.setUp({ manager: "npm", token_id: id });
    await here.setUp({ manager: "pip", token_id: id });
    const other = idOf(await here.setUp({ manager: "npm", permission: "read_write" }));
    await here.call("restore_package_manager", { manager: "pip" });
    await here.rotate({ id });
    expect(await here.check("npm")).toMatchObject({ token: { id: other } });
    expect(Object.keys(await here.tree()).sort()).toEqual([".npmrc", "the-token"]);
  });
});

it.each([
  ["npm", "value"],
  ["pip", "value"],
  ["pip", "reference"],
  ["docker", "value"],
  ["gradle", undefined],
  ["podman", undefined],
  ["maven", "value"],
  ["uv", undefined],
])("%s by %s is rewritten, and nothing but the value changes", async (manager, secret_style) => {
  const here = await openSetting();
  const id = idOf(await here.setUp({ manager, secret_style }));
  const before = await here.tree();
  const { new: successor } = await here.rotate({ id });
  expect(await here.check(manager)).toMatchObject({ works: { ok: true }, token: { id: successor?.id } });
  const [former = "", value = ""] = here.values;
  const encoded = (text: string) => Buffer.from(`admin:${text}`).toString("base64");
  const after = Object.entries(await here.tree()).map(([path, text]) => [
    path,
    text.replaceAll(value, former).replaceAll(encoded(value), encoded(former)),
  ]);
  expect(Object.fromEntries(after)).toEqual(before);
});

describe("a variable that only the user can set", () => {
  it.each([
    ["which the server has", true],
    ["which it has not", false],
  ])("%s is said, and asks for a hand", async (_what, has) => {
    const here = await openSetting();
    const id = await here.toFile();
    const env = here.context.env as Record<string, string | undefined>;
    env.FLY_TOKEN = here.values[0];
    await here.setUp({ manager: "npm", secret_style: "reference", token_id: id });
    if (!has) delete env.FLY_TOKEN;
    expectRefusal(
      await here.call("rotate_token", { id }),
      "unsupported",
      /FLY_TOKEN.*only be set by the user/,
    );
    expect(await here.active()).toEqual([id]);
    const { rewritten, credential } = await here.rotate({ id, deliver_to: "inline" });
    expect(rewritten).toEqual([{ where: here.at("the-token"), verified: true }]);
    expect(credential?.token).toBe(here.values[1]);
  });
});

describe("projects", () => {
  it("of one token are all rewritten, and one whose folder is gone is none", async () => {
    const here = await openSetting();
    const folders = ["one", "two", "three"].map((name) => here.at(name));
    for (const folder of folders) await mkdir(folder);
    const setUp = (project_dir: string | undefined, more = {}) =>
      here.setUp({ manager: "pip", scope: "project", project_dir, ...more });
    const id = await here.toFile();
    for (const folder of folders) await setUp(folder, { token_id: id }).catch(() => undefined);
    await rm(folders[2] ?? "", { recursive: true });
    await here.rotate({ id });
    const texts = Object.values(await here.tree()).join("\n");
    expect(texts).not.toContain(here.values[0]);
    expect(await here.active()).toHaveLength(1);
  });

  it("whose folder is gone does not keep a set-up of the user's own from being rewritten", async () => {
    const here = await openSetting();
    await mkdir(here.at("one"));
    const id = idOf(await here.setUp({ manager: "npm", project_dir: here.at("one") }));
    await rm(here.at("one"), { recursive: true });
    const { new: successor } = await here.rotate({ id });
    expect(await here.check("npm")).toMatchObject({ works: { ok: true }, token: { id: successor?.id } });
  });
});

it("a set-up with a token that somebody else had made is recognized by its issuer", async () => {
  const here = await openSetting();
  const made = await here.registry.call("POST", "/tokens", {
    name: "older",
    permission: "read_only",
    expires_at: null,
  });
  const { value, token } = (await made.json()) as { value: string; token: { id: string } };
  await here.write("older", `${value}\n`);
  await here.setUp({ manager: "npm,pip", token_from: `file:${here.at("older")}` });
  const { rewritten } = await here.rotate({ id: token.id });
  expect(rewritten).toHaveLength(1);
  expect(await here.read(".npmrc")).toContain(here.values[0]);
  expect(await here.active()).toHaveLength(1);
});
