/** One key of a .env file: what else is in the file stays, also when it is taken back. */
import { chmod } from "node:fs/promises";
import { parse } from "dotenv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { envFile } from "../../src/delivery/env-file.ts";
import { run } from "../../src/run.ts";
import { Secret } from "../../src/secret.ts";
import { generateToken } from "../../tools/generate-token.ts";
import { restorePackageManager } from "../../tools/restore-package-manager.ts";
import { rotateToken } from "../../tools/rotate-token.ts";
import { answerOf, expectRefusal } from "../support/answers.ts";
import { type Machine, openMachine } from "../support/machine.ts";

let here: Machine;
beforeEach(async () => {
  here = await openMachine({ env: { FLY_TOKENS_CONFIRM: "never" } });
});
afterEach(() => here[Symbol.asyncDispose]());

const generate = (more: Record<string, unknown> = {}) =>
  here.call("generate_token", { name: "x", deliver_to: "env_file", ...more });
const deliver = async (more?: Record<string, unknown>) => answerOf(generateToken, await generate(more));
const restore = async (restore_id: string | undefined) =>
  answerOf(restorePackageManager, await here.call("restore_package_manager", { restore_id }));
const value = () => here.values.at(-1) ?? "";
const env = () => here.read(".env");

it("is the .env below the working folder, made for its owner alone, and goes when it is taken back", async () => {
  const { delivery } = await deliver();
  expect(delivery).toMatchObject({ kind: "env_file", location: `FLY_TOKEN in ${here.at(".env")}` });
  expect(await here.tree()).toEqual({ ".env": `0600 FLY_TOKEN=${value()}\n` });
  await restore(delivery.restore_id);
  expect(await here.tree()).toEqual({});
});

describe("every other byte stays", () => {
  it.each([
    ["a comment and other keys", "# mine\nA=1\n", "# mine\nA=1\nFLY_TOKEN=VALUE\n"],
    ["no last line break", "A=1", "A=1\nFLY_TOKEN=VALUE"],
    ["CRLF", "A='1'\r\nB=2\r\n", "A='1'\r\nB=2\r\nFLY_TOKEN=VALUE\r\n"],
    ["a byte order mark", "\uFEFFA=1\n", "\uFEFFA=1\nFLY_TOKEN=VALUE\n"],
    [
      "its name in a value of several lines",
      "A='l1\nFLY_TOKEN=no\n'\nB=2\n",
      "A='l1\nFLY_TOKEN=no\n'\nB=2\nFLY_TOKEN=VALUE\n",
    ],
    ["its name in a comment", "# FLY_TOKEN=no\n", "# FLY_TOKEN=no\nFLY_TOKEN=VALUE\n"],
    ["an empty key", "A=1\nFLY_TOKEN=\nB=2\n", "A=1\nFLY_TOKEN=VALUE\nB=2\n"],
    ["an empty key in quotes, exported", 'export FLY_TOKEN="" # fill\n', 'export FLY_TOKEN="VALUE" # fill\n'],
    [
      "two keys, of which the empty one counts",
      "FLY_TOKEN=old\nFLY_TOKEN=\n",
      "FLY_TOKEN=old\nFLY_TOKEN=VALUE\n",
    ],
    ["Latin-1", "A=caf\u00e9\n", "A=caf\u00e9\nFLY_TOKEN=VALUE\n"],
  ])("%s", async (_, before, after) => {
    await here.write(".env", before);
    const { delivery } = await deliver();
    expect(await env()).toBe(after.replace("VALUE", value()));
    expect(parse((await env()) ?? "")).toEqual({ ...parse(before), FLY_TOKEN: value() });
    await restore(delivery.restore_id);
    expect(await env()).toBe(before);
  });

  it("and the file's mode, and the link that leads to it, and others are warned about", async () => {
    await here.write("shared/env", "A=1\n");
    await chmod(here.at("shared/env"), 0o640);
    await here.link(".env", "shared/env");
    const { show_once_warning } = await deliver();
    expect(show_once_warning).toMatch(/can be read or written by other users \(mode 0640\)/);
    const tree = await here.tree();
    expect(tree[".env"]).toBe(`-> ${here.at("shared/env")}`);
    expect(tree["shared/env"]).toBe(`0640 A=1\nFLY_TOKEN=${value()}\n`);
  });
});

describe("taken back after a later edit by the user", () => {
  it("goes alone", async () => {
    await here.write(".env", "A=1\nFLY_TOKEN=\n");
    const { delivery } = await deliver();
    await here.write(".env", `# new\nA=2\nFLY_TOKEN=${value()}\nB=3\n`);
    const { skipped } = await restore(delivery.restore_id);
    expect(skipped).toEqual([]);
    expect(await env()).toBe("# new\nA=2\nFLY_TOKEN=\nB=3\n");
  });

  it("leaves the file that was made for it to whoever uses it now", async () => {
    const { delivery } = await deliver();
    await here.write(".env", `FLY_TOKEN=${value()}\nB=3\n`);
    await restore(delivery.restore_id);
    expect(await env()).toBe("B=3\n");
  });

  it("stays where it is the user's by now", async () => {
    const { delivery } = await deliver();
    await here.write(".env", "FLY_TOKEN=theirs\n");
    const { skipped } = await restore(delivery.restore_id);
    expect(skipped).toEqual([expect.stringMatching(/FLY_TOKEN .* was changed since/)]);
    expect(await env()).toBe("FLY_TOKEN=theirs\n");
  });
});

describe("refused, with nothing minted", () => {
  const refused = async (
    more: Record<string, unknown>,
    ...expected: [Parameters<typeof expectRefusal>[1], RegExp]
  ) => {
    const before = await here.tree();
    const result = await generate(more);
    expectRefusal(result, ...expected);
    expect(await here.tree()).toEqual(before);
    expect(await here.tokens()).toEqual([]);
    return result;
  };

  it.each([
    "FLY_TOKEN=theirs\n",
    "export FLY_TOKEN='theirs'",
    "FLY_TOKEN: theirs",
    "FLY_TOKEN=\nFLY_TOKEN=theirs\n",
  ])("where somebody else's value stands: %j", async (text) => {
    await here.write(".env", text);
    const { error, wire } = await refused({}, "conflict", /has a value for FLY_TOKEN already/);
    expect(error.fix).toBe("Delete it there, or give another deliver_name.");
    expect(wire).not.toContain("theirs");
    await deliver({ deliver_name: "OTHER" });
    expect(parse((await env()) ?? "")).toEqual({ FLY_TOKEN: "theirs", OTHER: value() });
  });

  it.each(["A B", "1A", "A-B", "A=B", "", "Ä", "A\n", "flyt_0123456789abcdefghijABCDEFGHIJ0123456789-"])(
    "what is not the name of a variable, which is not repeated: %j",
    async (name) => {
      const { wire } = await refused({ deliver_name: name }, "invalid_input", /deliver_name/);
      if (name.length > 10) expect(wire).not.toContain(name.slice(0, 20));
    },
  );

  it("a text that its readers would understand in several ways", async () => {
    await here.write(".env", "A=1\nB='open\n");
    await refused({}, "file_unparsable", /line 2: A quote is not closed/);
  });

  it.each([
    ["a.txt", "refuse"],
    [".env", "refuse"],
    [".env", "ignore"],
  ])("where git tracks %s, or would take it along, with deliver_git %s", async (tracked, how) => {
    const git = (...args: string[]) => run("git", ["-C", here.home, ...args]);
    await git("init", "--quiet");
    await here.write(tracked, "A=1\n");
    await git("add", tracked);
    const words = tracked === ".env" ? /is tracked by git/ : /does not ignore it/;
    // Of the repository itself git changes what it likes.
    const result = await generate({ deliver_git: how });
    expectRefusal(result, "unsafe_location", words);
    expect([await env(), await here.tokens()]).toEqual([tracked === ".env" ? "A=1\n" : undefined, []]);
  });
});

it("is ignored first where that is asked for, together with a key that was there", async () => {
  await run("git", ["-C", here.home, "init", "--quiet"]);
  await here.write("app/.env", "A=1\n");
  const { delivery } = await deliver({ deliver_path: "app/.env", deliver_git: "ignore" });
  expect(await here.read(".gitignore")).toBe("/app/.env\n");
  expect(await here.read("app/.env")).toBe(`A=1\nFLY_TOKEN=${value()}\n`);
  await restore(delivery.restore_id);
  expect([await here.read(".gitignore"), await here.read("app/.env")]).toEqual([undefined, "A=1\n"]);
});

it("has room for several at once", async () => {
  await here.write(".env", "A=1\n");
  const names = ["ONE", "TWO", "THREE", "FOUR"];
  for (const result of await Promise.all(names.map((deliver_name) => generate({ deliver_name }))))
    answerOf(generateToken, result);
  expect(Object.values(parse((await env()) ?? "")).sort()).toEqual(["1", ...here.values].sort());
});

describe("a rotation", () => {
  const put = (secret: string) =>
    envFile.deliver(
      { username: "x", secret: new Secret(secret) },
      { path: here.at(".env") },
      here.context.means(),
      true,
    );

  it.each([
    ["export FLY_TOKEN='old one' # mine\nA=1\n", "export FLY_TOKEN='VALUE' # mine\nA=1\n"],
    ['FLY_TOKEN="old"\r\n', 'FLY_TOKEN="VALUE"\r\n'],
    ["FLY_TOKEN=`old`\n", "FLY_TOKEN='VALUE'\n"],
    ["FLY_TOKEN=a\nFLY_TOKEN=b\n", "FLY_TOKEN=a\nFLY_TOKEN='VALUE'\n"],
    ["A=1\n", "A=1\nFLY_TOKEN='VALUE'\n"],
  ])("puts its value in the place of the former: %j", async (before, after) => {
    await here.write(".env", before);
    const secret = "FlyV1 fm2_lJPEAAAAAAAAexample+/==,fm2_lJPEAAAAAAAAother+/==";
    const { restore_id } = await put(secret);
    expect(await env()).toBe(after.replace("VALUE", secret));
    expect((await envFile.read?.({ path: here.at(".env") }, here.context.means()))?.reveal()).toBe(secret);
    await restore(restore_id);
    expect(await env()).toBe(before);
  });

  it("by rotate_token changes the value alone, wherever else the file was edited meanwhile", async () => {
    const { token } = await deliver({ deliver_name: "APP_TOKEN" });
    const text = `# theirs\nexport APP_TOKEN="${value()}" # ours\nB='l1\nl2'`;
    await here.write(".env", text);
    const former = value();
    const result = answerOf(rotateToken, await here.call("rotate_token", { id: token.id }));
    expect(result.rewritten).toEqual([{ where: `APP_TOKEN in ${here.at(".env")}`, verified: true }]);
    expect(value()).not.toBe(former);
    expect(await env()).toBe(text.replace(former, value()));
    expect(here.frames.join("\n")).not.toContain(value());
  });

  it("does not write what some reader would read otherwise", async () => {
    await here.write(".env", "FLY_TOKEN=old\n");
    for (const secret of ["it's $HOME and more", "two\nlines-0123456789"])
      await expect(put(secret)).rejects.toMatchObject({ code: "invalid_input" });
    expect(await env()).toBe("FLY_TOKEN=old\n");
  });
});
