/** configure_package_manager when it cannot be done: code, sentence, fix, nothing changed, and no token left behind. */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { openDisk } from "../src/disk/index.ts";
import { expectRefusal } from "./support/answers.ts";
import { type MachineOptions, openMachine } from "./support/machine.ts";
import { addressOf, expectUndone, refusedBefore, refusing, undoneAfter } from "./support/undone.ts";

describe("before a token is minted: a file", () => {
  it.each([
    ["npm", ".npmrc", "fund=false\n[broken\n", 2],
    ["pip", ".config/pip/pip.conf", "[global]\ntimeout = 60\nnonsense\n", 3],
    ["pip", ".config/pip/pip.conf", "[global]\ntimeout = 60\n[global]\n", 3],
    ["pip", ".config/pip/pip.conf", "\uFEFF[global]\n", 1],
    ["pip", ".netrc", "machine other.example\nlogin bob password x\nnonsense\n", 4],
    ["docker", ".docker/config.json", '{\n  // mine\n  "auths": {}\n}', 2],
    ["docker", ".docker/config.json", '{ "auths": {}, }', 1],
    ["docker", ".docker/config.json", '\uFEFF{ "auths": {} }', 1],
    ["docker", ".docker/config.json", '{ "auths": [] }', 1],
  ])("that does not parse, naming the line (%s, %s: %j)", async (manager, name, text, line) => {
    await using here = await openMachine();
    await here.write(name, text);
    const said = new RegExp(`${name.replaceAll(".", "\\.")} does not parse at line ${line}`);
    await expectUndone(here, { manager }, refusedBefore("file_unparsable", said));
  });

  it.each([
    ["npm", ".npmrc", "file_unreadable"],
    ["pip", ".netrc", "file_unreadable"],
    ["docker", ".docker/config.json", "file_unreadable"],
  ] as const)("in whose place a folder stands (%s, %s)", async (manager, name, code) => {
    await using here = await openMachine();
    await mkdir(here.at(name), { recursive: true });
    await expectUndone(here, { manager }, refusedBefore(code));
  });

  it.each([
    ["pip", ".config"],
    ["docker", ".docker"],
  ])("in whose folder's place a file stands (%s, %s)", async (manager, name) => {
    await using here = await openMachine();
    await here.write(name, "a file");
    await expectUndone(here, { manager }, refusedBefore("file_unreadable", /file, not a folder/));
  });

  it("in a folder that cannot be written", async ({ skip }) => {
    await using here = await openMachine();
    await mkdir(here.at(".docker"));
    const release = await makeReadOnly(here.at(".docker"));
    if (!release) return skip("nothing here makes a folder read-only for this user");
    try {
      await expectUndone(here, { manager: "docker" }, refusedBefore("file_unwritable"));
    } finally {
      await release();
    }
  });

  it("behind a symbolic link that leads nowhere", async () => {
    await using here = await openMachine();
    await here.link(".npmrc", "dotfiles/npmrc");
    await expectUndone(here, { manager: "npm" }, refusedBefore("file_unwritable", /leads nowhere/));
  });

  it("that is one of its own links", async () => {
    await using here = await openMachine();
    await here.link(".npmrc", ".npmrc");
    await expectUndone(here, { manager: "npm" }, refusedBefore("file_unreadable", /circle/));
  });

  it("that another process is editing", async () => {
    await using here = await openMachine();
    const state = here.context.config.folders.state;
    // The real disk; only its patience is shorter.
    here.context.disk = openDisk({ state, run: here.context.run, now: here.context.now, lock_wait: 50 });
    await here.setUp({ manager: "npm" });
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      const lock = JSON.stringify({ pid: other.pid, host: hostname(), id: "other" });
      const name = createHash("sha256").update(here.at(".npmrc")).digest("hex");
      await writeFile(`${state}/locks/${name}`, lock);
      const before = { tree: await here.tree(), tokens: await here.tokens() };
      const result = await here.call("configure_package_manager", {
        manager: "npm",
        permission: "read_write",
      });
      expectRefusal(result, "file_locked", new RegExp(`\\.npmrc is being edited by process ${other.pid}`));
      expect({ tree: await here.tree(), tokens: await here.tokens() }).toEqual(before);
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("that git tracks", async () => {
    await using here = await openMachine();
    await here.write(".npmrc", "fund=false\n");
    execFileSync("git", ["init", "-q", here.home]);
    execFileSync("git", ["-C", here.home, "add", ".npmrc"]);
    await expectUndone(here, { manager: "npm" }, refusedBefore("unsafe_location", /tracked by git/));
  });
});

describe("before a token is minted: a value", () => {
  it.each<[string, Record<string, unknown>]>([
    ["a line break in the folder of the project", { scope: "project", project_dir: "/tmp/a\nregistry=evil" }],
    ["a NUL in the folder of the project", { scope: "project", project_dir: "/tmp/a\0b" }],
    ["a line break in the npm scope", { npm_scope: "@acme\n//evil.example/:_authToken" }],
    ["an npm scope that is none", { npm_scope: "@acme:registry=https://evil.example/" }],
    ["no npm scope at all", { npm_scope: "" }],
  ])("with %s", async (_what, args) => {
    await using here = await openMachine();
    await expectUndone(here, { manager: "npm", ...args }, refusedBefore("invalid_input"));
  });

  it("that would leave a token that no file holds", async () => {
    await using here = await openMachine();
    const args = { manager: "npm", secret_style: "reference" };
    await expectUndone(here, args, refusedBefore("unsupported", /FLY_TOKEN.*generate_token.*token_id/s));
    await here.write(
      ".npmrc",
      `//${new URL(here.registry.url).host}/artifactory/api/npm/npm/:_authToken=\${MINE}\n`,
    );
    await expectUndone(here, { manager: "npm" }, refusedBefore("unsupported", /environment variable MINE/));
  });

  it("in a dry run, as in a real one", async () => {
    await using here = await openMachine();
    await here.write(".npmrc", "[broken\n");
    await expectUndone(here, { manager: "npm", dry_run: true }, refusedBefore("file_unparsable"));
  });
});

describe("after a token was minted", () => {
  const shadow = (env: Record<string, string>): MachineOptions => ({ env });

  it.each<[string, string, MachineOptions, RegExp]>([
    [
      "pip",
      "an environment variable outranks the file",
      shadow({ PIP_INDEX_URL: "https://other.example/simple" }),
      /PIP_INDEX_URL sets another index/,
    ],
    [
      "npm",
      "an environment variable outranks the file",
      shadow({ npm_config_registry: "https://other.example/" }),
      /npm_config_registry sets/,
    ],
    [
      "npm",
      "the registry refuses the token",
      refusing("/-/whoami", 401),
      /401: the registry does not know this token/,
    ],
    ["npm", "the registry lets it do nothing", refusing("/-/whoami", 403), /403/],
    ["npm", "another program answers", refusing("/-/whoami", 200), /names no user/],
    ["pip", "the registry refuses the token", refusing("/pypi/simple/", 401), /401/],
    ["docker", "the registry refuses the token", refusing("/v2/token", 401), /401/],
    ["npm", "the registry sends it elsewhere", refusing("/-/whoami", 302), /redirects to/],
  ])("%s: %s", async (manager, _what, options, said) => {
    await using here = await openMachine(options);
    await here.write(".npmrc", "fund=false\n");
    await here.write(".docker/config.json", '{"auths":{"other.example":{"auth":"Ym9iOnRoZWlycw=="}}}');
    const result = await expectUndone(here, { manager }, undoneAfter("verification_failed", said));
    expect(result.text).toContain("The configuration was put back.");
    expect(result.error.fix).toContain("verify: false");
  });

  it("docker refuses the login", async () => {
    const refuse = "echo 'Error: unauthorized: incorrect username or password' >&2; exit 1";
    await using here = await openMachine({ programs: { docker: refuse } });
    await here.write(".docker/config.json", "{}");
    await expectUndone(here, { manager: "docker" }, undoneAfter("unauthorized", /refused the docker login/));
  });

  it("the credential helper fails, and what it may have kept is erased", async () => {
    const log =
      'echo "$1" >> "$HOME/calls"; cat > /dev/null; case "$1" in get) echo "credentials not found in native keychain"; exit 1;; store) echo locked; exit 1;; esac';
    await using here = await openMachine({ programs: { "docker-credential-fly": log } });
    await here.write(".docker/config.json", '{ "credsStore": "fly" }');
    await here.write("calls", "");
    const result = await here.call("configure_package_manager", { manager: "docker" });
    expectRefusal(result, "command_failed", /docker-credential-fly store.*locked.*was revoked/);
    expect(await here.read(".docker/config.json")).toBe('{ "credsStore": "fly" }');
    expect((await here.tokens()).map(({ status }) => status)).toEqual(["revoked"]);
    expect(await here.read("calls")).toBe("get\nstore\nerase\n");
  });

  it("the credential helper forgets what it is given", async () => {
    const forgetful =
      'cat > /dev/null; [ "$1" != get ] || { echo "credentials not found in native keychain"; exit 1; }';
    await using here = await openMachine({ programs: { "docker-credential-fly": forgetful } });
    await here.write(".docker/config.json", '{ "credsStore": "fly" }');
    const said = /docker would not find the credential that was written/;
    await expectUndone(here, { manager: "docker" }, undoneAfter("verification_failed", said));
  });

  it("the file no longer parses", async () => {
    await using here = await openMachine({ minted: () => here.write(".npmrc", "[broken\n") });
    await here.write(".npmrc", "fund=false\n");
    const result = await here.call("configure_package_manager", { manager: "npm" });
    expectRefusal(result, "file_unparsable", /The new token tok_\w+ was revoked\./);
    expect((await here.tokens()).map(({ status }) => status)).toEqual(["revoked"]);
    expect(await here.read(".npmrc")).toBe("[broken\n");
  });

  it("the folder is gone, and a file stands in its place", async () => {
    await using here = await openMachine({
      minted: async () => {
        await rm(here.at(".docker"), { recursive: true });
        await here.write(".docker", "a file");
      },
    });
    await mkdir(here.at(".docker"));
    const result = await here.call("configure_package_manager", { manager: "docker" });
    expectRefusal(result, "file_unreadable", /The new token tok_\w+ was revoked\./);
    expect((await here.tokens()).map(({ status }) => status)).toEqual(["revoked"]);
  });

  it("says what could not be done when the token cannot be revoked either", async () => {
    await using here = await openMachine({
      fetch: (real) => async (input, init) => {
        const { pathname } = addressOf(input);
        if (/\/-\/whoami$|\/revoke$/.test(pathname)) return new Response("", { status: 403 });
        return real(input, init);
      },
    });
    const tree = await here.tree();
    const result = await here.call("configure_package_manager", { manager: "npm" });
    expectRefusal(result, "verification_failed", /was put back.*The new token tok_\w+ could NOT be revoked/);
    expect(await here.tree()).toEqual(tree);
  });
});

/** @returns how to make it writable again; `undefined` where that cannot be done, as for root without chattr */
async function makeReadOnly(folder: string): Promise<(() => Promise<unknown>) | undefined> {
  if (process.getuid?.() !== 0) {
    await chmod(folder, 0o555);
    return () => chmod(folder, 0o755);
  }
  try {
    execFileSync("chattr", ["+i", folder], { stdio: "ignore" });
    return async () => execFileSync("chattr", ["-i", folder]);
  } catch {
    return undefined;
  }
}
