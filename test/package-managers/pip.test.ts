import { describe, expect, it } from "vitest";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { pip } from "../../src/package-managers/pip.ts";
import { Problem } from "../../src/problem.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/pypi/pypi/simple";
const withToken = `https://alice:${token}@acme.example/artifactory/api/pypi/pypi/simple`;
const userFile = "/users/alice/.config/pip/pip.conf";
const legacyFile = "/users/alice/.pip/pip.conf";
const netrcFile = "/users/alice/.netrc";
const venv = "/users/alice/shop/.venv";
const project: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return pip.plan({ ...target, ...over }, place, textsOf(pip, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return pip.status(url, place, textsOf(pip, place, files));
}

const index = (to: string) => `[global]\nindex-url = ${to}\n`;
const machine = (login: string, password: string, host = "acme.example") =>
  `machine ${host} login ${login} password ${password}\n`;

describe("what is written", () => {
  it("puts the index into pip's file and the secret into netrc", () => {
    const files = written(plan({}));
    expect(files[userFile]).toBe(index(url));
    expect(files[netrcFile]?.split(/\s+/).filter(Boolean)).toEqual([
      "machine",
      "acme.example",
      "login",
      "alice",
      "password",
      token,
    ]);
  });

  it("changes one line of a file with comments, other sections and continuation lines, and names the former index", () => {
    const before =
      "# mine\r\n[global]\r\ntimeout = 90\r\nIndex_URL: https://bob:pw123456@old.example/simple\r\ntrusted-host =\r\n    a.example\r\n\r\n[list]\r\nformat = columns";
    const draft = plan({ [userFile]: before });
    expect(written(draft)[userFile]).toBe(before.replace("https://bob:pw123456@old.example/simple", url));
    expect(draft.replaced_url).toBe("https://old.example/simple");
    expect(draft.changes[0]?.entries[0]?.sensitive).toBe(true);
  });

  it("puts the secret into the URL where that is asked for, percent-encoded once", () => {
    const draft = plan({}, { style: "value", username: "alice@acme", secret: new Secret("p%40/ss:w@rd+1") });
    expect(written(draft)).toEqual({
      [userFile]: index(
        "https://alice%40acme:p%2540%2Fss%3Aw%40rd%2B1@acme.example/artifactory/api/pypi/pypi/simple",
      ),
    });
  });

  it("keeps the secret in the URL where the user has it there", () => {
    const draft = plan({
      [userFile]: index("https://alice:old-token@acme.example/artifactory/api/pypi/pypi/simple/"),
    });
    expect(written(draft)).toEqual({ [userFile]: index(withToken) });
  });

  it("takes the login out of the URL for netrc, because a user name there switches netrc off", () => {
    const files = written(plan({ [userFile]: index(withToken) }, { style: "reference" }));
    expect(files[userFile]).toBe(index(url));
    expect(files[netrcFile]).toContain(token);
  });

  it("leaves an index alone that is the same but for its last slash", () => {
    expect(Object.keys(written(plan({ [userFile]: index(`${url}/`) })))).toEqual([netrcFile]);
  });

  it("renews the password of our own netrc entry and nothing else there", () => {
    const before = `${machine("bob", "keep-me", "other.example")}${machine("alice", "old-token")}default login anonymous password x\n`;
    const draft = plan({ [userFile]: index(url), [netrcFile]: before });
    expect(written(draft)).toEqual({ [netrcFile]: before.replace("old-token", token) });
  });

  it.each<[string, Partial<Place>, string[]]>([
    ["XDG_CONFIG_HOME", { env: { XDG_CONFIG_HOME: "/xdg" } }, ["/xdg/pip/pip.conf", netrcFile]],
    ["NETRC", { env: { NETRC: "~/secrets/netrc" } }, [userFile, "/users/alice/secrets/netrc"]],
    [
      "Windows",
      { platform: "win32", home: "C:\\Users\\al", env: { APPDATA: "C:\\Roaming" } },
      ["C:\\Roaming\\pip\\pip.ini", "C:\\Users\\al\\_netrc"],
    ],
    [
      "macOS",
      { platform: "darwin", home: "/Users/al" },
      ["/Users/al/Library/Application Support/pip/pip.conf", "/Users/al/.netrc"],
    ],
  ])("goes to the places of %s", (_, where, files) => {
    expect(Object.keys(written(plan({}, {}, where)))).toEqual(files);
  });

  it("stays on macOS in the file that is there", () => {
    const where: Partial<Place> = { platform: "darwin", home: "/Users/al" };
    expect(
      Object.keys(
        written(plan({ "/Users/al/.config/pip/pip.conf": "[global]\n" }, { style: "value" }, where)),
      ),
    ).toEqual(["/Users/al/.config/pip/pip.conf"]);
  });

  it("uses an existing _netrc rather than hiding it behind a new .netrc", () => {
    const files = written(plan({ "/users/alice/_netrc": machine("bob", "keep-me", "other.example") }));
    expect(Object.keys(files)).toEqual([userFile, "/users/alice/_netrc"]);
  });
});

describe("PIP_CONFIG_FILE", () => {
  it("is not truncated: everything of the user's in the file that it names stays", () => {
    const before =
      "# ours, everywhere\n[global]\ntimeout = 90\ntrusted-host =\n    a.example\n    b.example\n\n[install]\nno-compile = yes\n";
    const draft = plan({ "/ci/pip.conf": before }, {}, { env: { PIP_CONFIG_FILE: "/ci/pip.conf" } });
    expect(written(draft)["/ci/pip.conf"]).toBe(
      before.replace("b.example\n", `b.example\nindex-url = ${url}\n`),
    );
  });

  it("is the file to edit when it names one that exists", () => {
    const where = { env: { PIP_CONFIG_FILE: "/ci/pip.conf" } };
    expect(Object.keys(written(plan({ "/ci/pip.conf": "[global]\n" }, { style: "value" }, where)))).toEqual([
      "/ci/pip.conf",
    ]);
  });

  it.each([
    ["a missing file", "/ci/pip.conf", /does not name/],
    ["a relative path", "pip.conf", /does not name/],
    ["the null device", "/dev/null", /reads no configuration file/],
  ])("is explained when it names %s", (_, named, sentence) => {
    const draft = plan({}, { style: "value" }, { env: { PIP_CONFIG_FILE: named } });
    expect(Object.keys(written(draft))).toEqual([userFile]);
    expect(draft.warnings.join()).toMatch(sentence);
  });

  it("on the null device keeps pip from being configured by files", () => {
    const found = status({ [userFile]: index(withToken) }, { env: { PIP_CONFIG_FILE: "/dev/null" } });
    expect([found.configured, found.url]).toEqual([false, undefined]);
    expect(found.shadowed_by.join()).toMatch(/null device/);
  });
});

describe("a netrc entry of somebody else", () => {
  const files = { [netrcFile]: machine("bob", "keep-me") };

  it("is left alone: the token goes into pip's own file, with a warning", () => {
    const draft = plan(files);
    expect(written(draft)).toEqual({ [userFile]: index(withToken) });
    expect(draft.warnings.join()).toMatch(/belongs to another user/);
    expect(draft.warnings.join()).not.toContain("keep-me");
  });

  it("is a conflict where netrc was asked for", () => {
    expect(refusalOf(() => plan(files, { style: "reference" }))).toBe("conflict");
  });

  it.each<[string, Partial<Target>, Partial<Place>]>([
    ["an IPv6 address", { url: "http://[::1]:7411/simple" }, {}],
    ["a token that netrc cannot hold", { secret: new Secret("with space and #") }, {}],
    ["netrc switched off", {}, { env: { NETRC: "" } }],
  ])("falls back in the same way for %s", (_, over, where) => {
    const draft = plan({}, over, where);
    expect(Object.keys(written(draft))).toEqual([userFile]);
    expect(draft.warnings).toHaveLength(1);
    expect(refusalOf(() => plan({}, { ...over, style: "reference" }, where))).toBe("conflict");
  });

  it("does not matter where the token goes into the URL, even when netrc does not parse", () => {
    expect(refusalOf(() => plan({ [netrcFile]: "machine" }, { style: "value" }))).toBeUndefined();
  });

  it("warns that an entry for this machine goes to every port", () => {
    expect(plan({}, { url: "http://127.0.0.1:7411/simple" }).warnings.join()).toMatch(
      /every port of 127\.0\.0\.1/,
    );
  });
});

describe("a project", () => {
  const marker = { [`${venv}/pyvenv.cfg`]: "home = /usr/bin\n" };

  it("is its virtual environment", () => {
    expect(Object.keys(written(plan(marker, { style: "value" }, project)))).toEqual([`${venv}/pip.conf`]);
  });

  it("is the active environment where it has none of its own, with a word about it", () => {
    const where = { ...project, env: { VIRTUAL_ENV: "/opt/venv" } };
    const draft = plan({ "/opt/venv/pyvenv.cfg": "" }, { style: "value" }, where);
    expect(Object.keys(written(draft))).toEqual(["/opt/venv/pip.conf"]);
    expect(draft.warnings.join()).toMatch(/not inside/);
  });

  it("is not taken to hold an environment beside it whose name begins alike", () => {
    const where = { ...project, env: { VIRTUAL_ENV: "/users/alice/shop2/venv" } };
    const draft = plan({ "/users/alice/shop2/venv/pyvenv.cfg": "" }, { style: "value" }, where);
    expect(draft.warnings.join()).toMatch(/not inside/);
  });

  it("without one is refused with what to do", () => {
    expect(() => plan({}, {}, project)).toThrow(
      expect.objectContaining({ code: "unsupported", fix: expect.stringMatching(/python -m venv/) }),
    );
    expect(refusalOf(() => plan({}, {}, { scope: "project" }))).toBe("invalid_input");
  });
});

describe("which index pip goes by", () => {
  const named = "/ci/pip.conf";
  const site = { [`${venv}/pyvenv.cfg`]: "" };
  const at = (name: string) => `https://${name}.example/simple`;

  it.each<[string, Record<string, string>, Record<string, string>, string | undefined]>([
    ["none", {}, {}, undefined],
    ["/etc", { "/etc/pip.conf": index(at("etc")) }, {}, "etc"],
    [
      "/etc over /etc/xdg",
      { "/etc/xdg/pip/pip.conf": index(at("xdg")), "/etc/pip.conf": index(at("etc")) },
      {},
      "etc",
    ],
    ["user over global", { "/etc/pip.conf": index(at("etc")), [userFile]: index(at("user")) }, {}, "user"],
    [
      "user over the older user file",
      { [legacyFile]: index(at("legacy")), [userFile]: index(at("user")) },
      {},
      "user",
    ],
    ["the older user file alone", { [legacyFile]: index(at("legacy")) }, {}, "legacy"],
    [
      "environment over user",
      { ...site, [userFile]: index(at("user")), [`${venv}/pip.conf`]: index(at("site")) },
      {},
      "site",
    ],
    [
      "no environment that is not there",
      { [userFile]: index(at("user")), [`${venv}/pip.conf`]: index(at("site")) },
      {},
      "user",
    ],
    [
      "PIP_CONFIG_FILE over all files",
      { ...site, [`${venv}/pip.conf`]: index(at("site")), [named]: index(at("named")) },
      { PIP_CONFIG_FILE: named },
      "named",
    ],
    [
      "not the user's file beside PIP_CONFIG_FILE",
      { [userFile]: index(at("user")), [named]: "[global]\n" },
      { PIP_CONFIG_FILE: named },
      undefined,
    ],
    [
      "PIP_INDEX_URL over PIP_CONFIG_FILE",
      { [named]: index(at("named")) },
      { PIP_CONFIG_FILE: named, PIP_INDEX_URL: at("env") },
      "env",
    ],
    [
      "[install] over [global], whatever the file",
      { "/etc/pip.conf": `[install]\nindex-url=${at("install")}\n`, [userFile]: index(at("user")) },
      {},
      "install",
    ],
    ["no empty value", { [userFile]: index(at("user")) }, { PIP_INDEX_URL: "" }, "user"],
  ])("%s", (_, files, env, winner) => {
    expect(status(files, { project_dir: "/users/alice/shop", env }).url).toBe(winner && at(winner));
  });

  it("reports what outranks the user's file, without credentials", () => {
    const files = {
      [userFile]: `${index(withToken)}[install]\nindex-url = https://bob:hunter22@other.example/simple\n`,
    };
    const found = status(files, { env: { PIP_INDEX_URL: "https://ci.example/simple", PIP_NO_INDEX: "1" } });
    expect(found.shadowed_by).toEqual([
      "PIP_INDEX_URL sets another index, https://ci.example/simple, and outranks the user configuration.",
      `${userFile} sets another index for \`pip install\`, https://other.example/simple, and outranks the user configuration.`,
      "PIP_NO_INDEX sets no-index: pip asks no index at all.",
    ]);
  });

  it("does not report PIP_FIND_LINKS, and notes extra-index-url", () => {
    const found = status(
      { [userFile]: index(withToken) },
      {
        env: { PIP_FIND_LINKS: "/wheels", PIP_EXTRA_INDEX_URL: "https://bob:hunter22@other.example/simple" },
      },
    );
    expect([found.configured, found.shadowed_by]).toEqual([true, []]);
    expect(found.warnings.join()).toMatch(/extra-index-url/);
    expect(found.warnings.join()).not.toContain("hunter22");
  });
});

describe("the credential that pip comes with", () => {
  it("is that of the URL, decoded", () => {
    const found = status({
      [userFile]: index("https://al%40ice:p%40ss@acme.example/artifactory/api/pypi/pypi/simple"),
      [netrcFile]: machine("bob", "other"),
    });
    expect([found.username, found.secret?.reveal(), found.where]).toEqual(["al@ice", "p@ss", userFile]);
  });

  it("is that of netrc, for any port", () => {
    const found = status({ [userFile]: index(url), [netrcFile]: machine("alice", token) });
    expect([found.configured, found.username, found.secret?.reveal(), found.where]).toEqual([
      true,
      "alice",
      token,
      netrcFile,
    ]);
  });

  it("is that of netrc's default entry where the machine has none", () => {
    const found = status({ [userFile]: index(url), [netrcFile]: `default login carol password ${token}\n` });
    expect([found.username, found.secret?.reveal()]).toEqual(["carol", token]);
  });

  it("is none with a user name alone in the URL, which is warned about", () => {
    const found = status({
      [userFile]: index(url.replace("https://", "https://alice@")),
      [netrcFile]: machine("alice", token),
    });
    expect([found.configured, found.secret]).toEqual([false, undefined]);
    expect(found.warnings.join()).toMatch(/keeps pip from looking into netrc/);
  });
});

it("names file, line and fix for a file that does not parse", () => {
  try {
    status({ [userFile]: "[global]\ntimeout = 3\ntimeout = 4\n" });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({
      code: "file_unparsable",
      message: expect.stringContaining(`${userFile} does not parse at line 3`),
      fix: expect.stringContaining("line 3"),
    });
  }
});

describe("the helper", () => {
  const program = "/users/alice/.local/share/fly-tokens/bin/keyring";
  const store = "/users/alice/.local/share/fly-tokens/credentials.json";
  const draft = plan({}, { style: "helper" });
  const files = written(draft);

  it("is a program called keyring of ours; pip's file holds the user's name alone", () => {
    expect(files[userFile]).toBe(
      `[global]\nindex-url = ${url.replace("//", "//alice@")}\nkeyring-provider = subprocess\n`,
    );
    expect(files[program]).toBe(
      `#!/bin/sh\nexec '/opt/node' '/opt/fly-tokens/main.js' 'credential-helper' 'keyring' '--store' '${store}' "$@"\n`,
    );
    expect(JSON.parse(files[store] ?? "")).toEqual({ credentials: { [url]: { username: "alice", token } } });
    expect(draft.changes.map(({ path, executable }) => [path === program, executable === true])).toEqual([
      [false, false],
      [true, true],
      [false, false],
    ]);
  });

  it("says that its folder has to be first on PATH, and what that hides", () => {
    expect(draft.warnings.join()).toMatch(/only where .+fly-tokens\/bin is first on PATH; .+hides any other/);
    const ready = plan(
      {},
      { style: "helper" },
      { env: { PATH: "/users/alice/.local/share/fly-tokens/bin:/bin" } },
    );
    expect(ready.warnings.join()).toMatch(/as long as/);
  });

  it("stays the way when the token is renewed", () => {
    const texts = {
      [userFile]: files[userFile] ?? "",
      [program]: files[program] ?? "",
      [store]: files[store] ?? "",
    };
    const next = plan(texts, { secret: new Secret("flyt_next-0123456789") });
    expect(Object.keys(written(next))).toEqual([store]);
  });

  it.each([
    ["the program is gone", { [store]: files[store] ?? "" }, userFile],
    ["the store has nothing", { [program]: files[program] ?? "" }, userFile],
    [
      "pip asks no such program",
      { [program]: files[program] ?? "", [store]: files[store] ?? "" },
      "/etc/pip.conf",
    ],
  ])("is no credential where %s", (_, texts, where) => {
    const text =
      where === userFile ? (files[userFile] ?? "") : (files[userFile] ?? "").replace(/keyring.*\n/, "");
    const found = status({ ...texts, [where]: text });
    expect([found.configured, found.secret]).toEqual([false, undefined]);
  });

  it("is refused on Windows, where pip would not find it", () => {
    expect(refusalOf(() => plan({}, { style: "helper" }, { platform: "win32", home: "C:\\Users\\al" }))).toBe(
      "unsupported",
    );
  });
});
