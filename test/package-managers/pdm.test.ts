import { describe, expect, it } from "vitest";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { pdm } from "../../src/package-managers/pdm.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/pypi/pypi/simple";
const upload = "https://acme.example/artifactory/api/pypi/pypi";
const config = "/users/alice/.config/pdm/config.toml";
const netrc = "/users/alice/.netrc";
const pyproject = "/users/alice/shop/pyproject.toml";
const settings = "/users/alice/shop/pdm.toml";
const project: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, mirrors: true, username: "alice", secret: new Secret(token) };
const login = `machine acme.example login alice password ${token}\n`;
const index = (to: string) => `[pypi]\nurl = "${to}"\n`;
const repository = `[repository.fly]\nurl = "${upload}"\nusername = "alice"\n`;

function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return pdm.plan({ ...target, ...over }, place, textsOf(pdm, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return pdm.status(url, place, textsOf(pdm, place, { [netrc]: login, ...files }));
}

describe("what is written", () => {
  it("the index into PDM's file, which others may read, and the secret into netrc", () => {
    const draft = plan({});
    expect(written(draft)).toEqual({ [config]: `${index(url)}\n${repository}`, [netrc]: login });
    expect(draft.warnings.join()).toMatch(/PDM_PUBLISH_PASSWORD/);
  });

  it("beside the public index where the registry has not its packages", () => {
    const draft = plan({}, { mirrors: false });
    expect(written(draft)[config]).toBe(`[pypi.fly]\nurl = "${url}"\n\n${repository}`);
    expect(draft.warnings.join()).toMatch(/PDM 2\.2 and earlier/);
  });

  it("in place of the user's index, which it names", () => {
    const draft = plan({ [config]: index("https://bob:hunter22@old.example/simple") });
    expect(written(draft)[config]).toBe(`${index(url)}\n${repository}`);
    expect(draft.replaced_url).toBe("https://old.example/simple");
    expect(draft.changes[0]?.entries[0]?.sensitive).toBe(true);
  });

  it("the secret into PDM's file where that is asked for, or where one is there", () => {
    const files = written(plan({}, { style: "value" }));
    expect(files).toEqual({
      [config]: `${index(url)}username = "alice"\npassword = "${token}"\n\n${repository}password = "${token}"\n`,
    });
    const next = plan({ [config]: files[config] ?? "" }, { secret: new Secret("flyt_next") });
    expect(written(next)).toEqual({ [config]: files[config]?.replaceAll(token, "flyt_next") });
  });

  it("not into netrc where PDM would prefer a password of its own", () => {
    const before = `${index(url)}username = "bob"\npassword = "keep-me"\n`;
    expect(refusalOf(() => plan({ [config]: before }, { style: "reference" }))).toBe("conflict");
  });

  it.each<[boolean, string]>([
    [true, "pypi"],
    [false, "fly"],
  ])("into a project, which mirrors: %s, as the source %s", (mirrors, name) => {
    const files = written(plan({ [pyproject]: "[project]\nname = 'shop'\n" }, { mirrors }, project));
    expect(files[pyproject]).toBe(
      `[project]\nname = 'shop'\n\n[[tool.pdm.source]]\nname = "${name}"\nurl = "${url}"\n`,
    );
    expect(files[config]).toBe(repository);
  });

  it.each<[string, Partial<Place>, string]>([
    ["PDM_CONFIG_FILE", { env: { PDM_CONFIG_FILE: "/ci/pdm.toml" } }, "/ci/pdm.toml"],
    [
      "macOS",
      { platform: "darwin", home: "/Users/al" },
      "/Users/al/Library/Application Support/pdm/config.toml",
    ],
    ["Windows", { platform: "win32", home: "C:\\al" }, "C:\\al\\AppData\\Local\\pdm\\pdm\\config.toml"],
  ])("where %s says", (_, where, file) => {
    expect(Object.keys(written(plan({}, {}, where)))[0]).toBe(file);
  });
});

describe("what PDM goes by", () => {
  const other = "https://other.example/simple";
  const source = (name: string, to: string) => `[[tool.pdm.source]]\nname = "${name}"\nurl = "${to}"\n`;

  it.each<[string, Record<string, string>, Partial<Place>, boolean, RegExp | undefined]>([
    ["the user's file", { [config]: index(url) }, {}, true, undefined],
    [
      "PDM_PYPI_URL first",
      { [config]: index(url) },
      { env: { PDM_PYPI_URL: other } },
      false,
      /PDM_PYPI_URL sets another index, https:\/\/other\.example\/simple/,
    ],
    [
      "the project's settings first",
      { [config]: index(url), [settings]: index(other) },
      { project_dir: "/users/alice/shop" },
      false,
      /shop\/pdm\.toml sets another index/,
    ],
    [
      "a source called pypi first",
      { [config]: index(url), [pyproject]: source("pypi", other) },
      { project_dir: "/users/alice/shop" },
      false,
      /pyproject\.toml sets another index/,
    ],
    [
      "a source of the project, whatever the rest",
      { [config]: index(other), [pyproject]: source("fly", url) },
      project,
      true,
      undefined,
    ],
  ])("%s", (_, files, where, configured, shadow) => {
    const found = status(files, where);
    expect(found.configured).toBe(configured);
    if (shadow) expect(found.shadowed_by.join()).toMatch(shadow);
    else expect(found.shadowed_by).toEqual([]);
  });

  it.each<[string, Record<string, string>, Record<string, string>, [string | undefined, string | undefined]]>(
    [
      [
        "the URL's login, with the variables in it",
        { [config]: index(url.replace("//", "//bob:${TEAM_TOKEN}@")) },
        { TEAM_TOKEN: "hunter22" },
        ["bob", "hunter22"],
      ],
      [
        "its own file's before netrc's",
        { [config]: `${index(url)}username = "bob"\npassword = "hunter22"\n` },
        {},
        ["bob", "hunter22"],
      ],
      [
        "netrc's where its own file has a user alone",
        { [config]: `${index(url)}username = "alice"\n` },
        {},
        ["alice", token],
      ],
      [
        "the environment's first",
        { [config]: index(url) },
        { PDM_PYPI_USERNAME: "bob", PDM_PYPI_PASSWORD: "hunter22" },
        ["bob", "hunter22"],
      ],
    ],
  )("%s", (_, files, env, expected) => {
    const found = status(files, { env });
    expect([found.username, found.secret?.reveal()]).toEqual(expected);
  });
});
