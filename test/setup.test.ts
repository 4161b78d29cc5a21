/** configure_package_manager and the user's files: one entry changes, twice is once, undoing gives the same bytes back. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openMachine } from "./support/machine.ts";

interface Files {
  manager: "npm" | "pip" | "docker";
  /** By their names below the home folder. */
  before: Record<string, string>;
  /** What they become, `%` standing for the token or its Basic form. */
  after: (registry: URL) => Record<string, string>;
  diff: (registry: URL) => string[];
}

const npmUrl = (registry: URL) => new URL("/artifactory/api/npm/npm/", registry).href;
const pipUrl = (registry: URL) => new URL("/artifactory/api/pypi/pypi/simple", registry).href;
const npmKey = (registry: URL) => `${npmUrl(registry).slice(5)}:_authToken`;

const written: Record<string, Files> = {
  "an .npmrc with a byte order mark, CRLF, comments, odd spacing, duplicate and unknown keys, no last line break":
    {
      manager: "npm",
      before: {
        ".npmrc":
          '\uFEFF; mine\r\n  fund   =   false\r\nregistry = https://first.example/\r\n# twice\r\nregistry=https://second.example/   ; counts\r\nunknown-key = "x y"\r\n//other.example/:_authToken=npm_theirs\r\n\r\n[section]\r\na=b',
      },
      after: (registry) => ({
        ".npmrc": `\uFEFF; mine\r\n  fund   =   false\r\nregistry = https://first.example/\r\n# twice\r\nregistry=${npmUrl(registry)}   ; counts\r\nunknown-key = "x y"\r\n//other.example/:_authToken=npm_theirs\r\n${npmKey(registry)}=%\r\n\r\n[section]\r\na=b`,
      }),
      diff: (registry) => [
        `-registry=https://second.example/   ; counts\n+registry=${npmUrl(registry)}   ; counts\n+${npmKey(registry)}=[secret]`,
      ],
    },
  "an .npmrc that ends in the middle of a line": {
    manager: "npm",
    before: { ".npmrc": "fund=false" },
    after: (registry) => ({
      ".npmrc": `fund=false\nregistry=${npmUrl(registry)}\n${npmKey(registry)}=%`,
    }),
    diff: (registry) => [`+registry=${npmUrl(registry)}\n+${npmKey(registry)}=[secret]`],
  },
  "a pip.conf with CRLF, comments, odd spacing, continued and unknown values, and a .netrc with a macro and a default":
    {
      manager: "pip",
      before: {
        ".config/pip/pip.conf":
          "# mine\r\n[install]\r\n  no-deps : yes\r\n[global]\r\ntimeout=60\r\nunknown_key = a\r\n   b\r\n\r\n; the end\r\n[list]\r\nformat = columns\r\n",
        ".netrc":
          "# mine\nmachine other.example\n\tlogin bob\n\tpassword theirs\n\nmacdef init\nls\n\ndefault login anonymous password guest\n",
      },
      after: (registry) => ({
        ".config/pip/pip.conf": `# mine\r\n[install]\r\n  no-deps : yes\r\n[global]\r\ntimeout=60\r\nunknown_key = a\r\n   b\r\nindex-url = ${pipUrl(registry)}\r\n\r\n; the end\r\n[list]\r\nformat = columns\r\n`,
        ".netrc":
          "# mine\nmachine other.example\n\tlogin bob\n\tpassword theirs\n\nmacdef init\nls\n\nmachine 127.0.0.1 login admin password %\ndefault login anonymous password guest\n",
      }),
      diff: (registry) => [
        `+index-url = ${pipUrl(registry)}`,
        "+machine 127.0.0.1 login admin password [secret]",
      ],
    },
  "a config.json with CRLF, tabs, odd spacing, duplicate and unknown keys": {
    manager: "docker",
    before: {
      ".docker/config.json":
        '{\r\n\t"auths": { "other.example": {"auth":"Ym9iOnRoZWlycw=="} },\r\n\t"unknown" : [1,  2],\r\n\t"credsStore": "",\r\n\t"credsStore": ""\r\n}',
    },
    after: ({ host }) => ({
      ".docker/config.json": `{\r\n\t"auths": { "other.example": {"auth":"Ym9iOnRoZWlycw=="}, "${host}": { "auth": "%" } },\r\n\t"unknown" : [1,  2],\r\n\t"credsStore": "",\r\n\t"credsStore": ""\r\n}`,
    }),
    diff: ({ host }) => [
      `-\t"auths": { "other.example": {"auth":[secret]} },\n+\t"auths": { "other.example": {"auth":[secret]}, "${host}": { "auth": [secret] } },`,
    ],
  },
  "no file at all, for npm": {
    manager: "npm",
    before: {},
    after: (registry) => ({ ".npmrc": `registry=${npmUrl(registry)}\n${npmKey(registry)}=%\n` }),
    diff: (registry) => [`+registry=${npmUrl(registry)}\n+${npmKey(registry)}=[secret]`],
  },
  "no file at all, for pip": {
    manager: "pip",
    before: {},
    after: (registry) => ({
      ".config/pip/pip.conf": `[global]\nindex-url = ${pipUrl(registry)}\n`,
      ".netrc": "machine 127.0.0.1 login admin password %\n",
    }),
    diff: (registry) => [
      `+[global]\n+index-url = ${pipUrl(registry)}`,
      "+machine 127.0.0.1 login admin password [secret]",
    ],
  },
};

describe.each(Object.entries(written))("%s", (_what, { manager, before, after, diff }) => {
  const machine = async () => {
    const opened = await openMachine();
    for (const [name, text] of Object.entries(before)) await opened.write(name, text);
    return opened;
  };

  it("gets one entry, and nothing else of it changes", async () => {
    await using here = await machine();
    const { changes } = await here.setUp({ manager });
    const registry = new URL(here.registry.url);
    expect(changes.map((change) => change.diff)).toEqual(diff(registry));
    for (const [name, expected] of Object.entries(after(registry))) {
      const [head = "", tail = ""] = expected.split("%");
      const text = (await here.read(name)) ?? "";
      expect([text.slice(0, head.length), text.slice(text.length - tail.length)]).toEqual([head, tail]);
      expect(text.slice(head.length, text.length - tail.length)).toMatch(
        expected.includes("%") ? /^[0-9A-Za-z_]{54}$|^[0-9A-Za-z+/]{80}$/ : /^$/,
      );
      expect((await stat(join(here.home, name))).mode & 0o777).toBe(0o600);
    }
  });

  it("is not written a second time, nor is a second token made", async () => {
    await using here = await machine();
    const first = await here.setUp({ manager });
    const files = first.changes.map(({ path }) => path);
    const states = async () =>
      Promise.all(files.map(async (path) => [(await stat(path)).ino, (await stat(path)).mtimeMs]));
    const [untouched, tokens] = [await states(), await here.tokens()];
    const second = await here.setUp({ manager });
    expect(second).toMatchObject({ token: { id: first.token?.id }, changes: [], verified: { ok: true } });
    expect(second).not.toHaveProperty("restore_id");
    expect(second.warnings.join()).toContain("nothing was minted");
    expect([await states(), await here.tokens()]).toEqual([untouched, tokens]);
  });

  it("has its former bytes back when that is undone", async () => {
    await using here = await machine();
    const tree = await here.tree();
    const { restore_id } = await here.setUp({ manager });
    expect(await here.tree()).not.toEqual(tree);
    await here.call("restore_package_manager", { restore_id });
    expect(await here.tree()).toEqual(tree);
  });
});

describe("what the user writes after a set-up stays when it is undone", () => {
  it.each([
    ["npm", ".npmrc", "fund=false\n", (text: string) => `${text}audit=false\n`, "fund=false\naudit=false\n"],
    [
      "pip",
      ".config/pip/pip.conf",
      "[global]\ntimeout = 60\n",
      (text: string) => text.replace("60", "90"),
      "[global]\ntimeout = 90\n",
    ],
    [
      "docker",
      ".docker/config.json",
      '{\n  "auths": {}\n}\n',
      (text: string) => text.replace(/\}\s*$/, ', "detachKeys": "ctrl-q" }\n'),
      '{\n  "auths": {}\n, "detachKeys": "ctrl-q" }\n',
    ],
  ])("%s", async (manager, name, before, edit, expected) => {
    await using here = await openMachine();
    await here.write(name, before);
    const { restore_id } = await here.setUp({ manager });
    await here.write(name, edit((await here.read(name)) ?? ""));
    await here.call("restore_package_manager", { restore_id });
    expect(await here.read(name)).toBe(expected);
  });
});

it("what the user writes while a token is being minted is in the file afterwards", async () => {
  await using here = await openMachine({
    minted: (home) => here.write(".npmrc", "audit=false\n").then(() => home),
  });
  await here.write(".npmrc", "fund=false\n");
  await here.setUp({ manager: "npm" });
  expect(await here.read(".npmrc")).toMatch(/^audit=false\nregistry=.*\n\/\/.*:_authToken=flyt_\w+\n$/);
});

it("a symbolic link stays one, and what it leads to is edited", async () => {
  await using here = await openMachine();
  await here.write("dotfiles/npmrc", "fund=false\n");
  await here.link(".npmrc", "dotfiles/npmrc");
  const { restore_id } = await here.setUp({ manager: "npm" });
  expect(await readFile(join(here.home, "dotfiles/npmrc"), "utf8")).toMatch(/^fund=false\nregistry=/);
  expect((await here.tree())[".npmrc"]).toMatch(/^->/);
  await here.call("restore_package_manager", { restore_id });
  expect(await here.read(".npmrc")).toBe("fund=false\n");
});

it("a dry run shows the same change, writes nothing and mints nothing", async () => {
  for (const manager of ["npm", "pip", "docker"]) {
    await using here = await openMachine();
    await here.write(".npmrc", "fund=false\n");
    const tree = await here.tree();
    const { changes } = await here.setUp({ manager, dry_run: true });
    expect([await here.tree(), await here.tokens()]).toEqual([tree, []]);
    const { changes: real } = await here.setUp({ manager });
    expect(real.map(({ diff }) => diff)).toEqual(changes.map(({ diff }) => diff));
  }
});

it("a project's .npmrc gets the registry alone; the token goes to the user's", async () => {
  await using here = await openMachine();
  await here.write("project/.npmrc", "# shared\n");
  await here.setUp({ manager: "npm", scope: "project", project_dir: "~/project", npm_scope: "@acme" });
  const url = npmUrl(new URL(here.registry.url));
  expect(await here.read("project/.npmrc")).toBe(`# shared\n@acme:registry=${url}\n`);
  expect(await here.read(".npmrc")).toMatch(/^\/\/\S+:_authToken=flyt_\w+\n$/);
});
