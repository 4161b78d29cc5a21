import { describe, expect, it } from "vitest";
import { composer } from "../../src/package-managers/composer.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { defaultComposerRepository } from "../../src/package-managers/public-registries.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/composer/composer";
const folder = "/users/alice/.config/composer";
const configFile = `${folder}/config.json`;
const authFile = `${folder}/auth.json`;
const project: Partial<Place> = { scope: "project", project_dir: "/projects/app" };
const projectFile = "/projects/app/composer.json";
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(files: Record<string, string> = {}, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return composer.plan({ ...target, ...over }, place, textsOf(composer, place, files));
}

function status(files: Record<string, object>, where: Partial<Place> = {}, registry = url) {
  const place = placeOf(where);
  const texts = Object.entries(files).map(([file, value]) => [file, JSON.stringify(value)]);
  return composer.status(registry, place, textsOf(composer, place, Object.fromEntries(texts)));
}

const parsed = (text: string | null | undefined): unknown => JSON.parse(text ?? "");
const repositories = (now: unknown, over: Partial<Target> = {}) =>
  parsed(written(plan({ [configFile]: JSON.stringify({ repositories: now }) }, over))[configFile]);
const fly = { type: "composer", url };

describe("what is written", () => {
  it("is the repository in config.json and the login in auth.json, by the host with its port", () => {
    const files = written(plan({}, { url: "https://acme.example:8443/c/" }));
    expect(parsed(files[configFile])).toEqual({
      repositories: { fly: { type: "composer", url: "https://acme.example:8443/c" } },
    });
    expect(parsed(files[authFile])).toEqual({
      "http-basic": { "acme.example:8443": { username: "alice", password: token } },
    });
  });

  it.each<[string, unknown, boolean, unknown]>([
    ["nothing, beside the public repository", undefined, false, { fly }],
    [
      "nothing, instead of the public repository",
      undefined,
      true,
      { fly, [defaultComposerRepository]: false },
    ],
    ["another repository", { a: { type: "vcs" } }, false, { a: { type: "vcs" }, fly }],
    [
      "its former URL",
      { fly: { type: "composer", url: "https://old.example", only: ["a/*"] } },
      false,
      { fly: { ...fly, only: ["a/*"] } },
    ],
    ["the public one switched off by its former name", { packagist: false }, true, { packagist: false, fly }],
    [
      "a mirror of the public one",
      { [defaultComposerRepository]: { type: "composer", url: "https://m.example" } },
      true,
      { [defaultComposerRepository]: false, fly },
    ],
    [
      "a list",
      [{ type: "vcs", url: "x" }],
      true,
      [{ type: "vcs", url: "x" }, { name: "fly", ...fly }, { [defaultComposerRepository]: false }],
    ],
    ["an empty list", [], false, [{ name: "fly", ...fly }]],
  ])("into a file that has %s", (_, now, mirrors, then) => {
    expect(repositories(now, { mirrors })).toEqual({ repositories: then });
  });

  it.each([[{ mine: { ...fly, url: `${url}/` } }], [[{ [defaultComposerRepository]: false }, fly]]])(
    "leaves alone what names the registry already: %j",
    (now) => {
      const files = { [configFile]: JSON.stringify({ repositories: now }) };
      expect(Object.keys(written(plan(files)))).toEqual([authFile]);
    },
  );

  it("keeps the layout of a list", () => {
    const before = '{"repositories": [\n  {"type": "vcs", "url": "x"}\n]}';
    expect(written(plan({ [configFile]: before }))[configFile]).toBe(
      `{"repositories": [\n  {"type": "vcs", "url": "x"},\n  { "name": "fly", "type": "composer", "url": "${url}" }\n]}`,
    );
  });

  it("names the mirror that it replaces, without its credential", () => {
    const files = {
      [configFile]:
        '{"repositories": {"packagist": {"type": "composer", "url": "https://u:pw123456@m.example/p"}}}',
    };
    expect(plan(files, { mirrors: true }).replaced_url).toBe("https://m.example/p");
    expect(plan(files).replaced_url).toBeUndefined();
  });

  it.each([
    [{ fly: { type: "vcs", url: "x" } }],
    [[{ name: "fly", type: "composer", url: "https://old.example" }]],
    [{ fly: false }],
  ])("refuses where our name is taken by something else: %j", (now) =>
    expect(refusalOf(() => repositories(now))).toBe("conflict"),
  );

  it("switches secure-http off for a registry on this machine alone, in the user's file, and says what that means", () => {
    const local = { url: "http://127.0.0.1:8080/c" };
    const draft = plan({}, local, project);
    expect(parsed(written(draft)[configFile])).toEqual({ config: { "secure-http": false } });
    expect(parsed(written(draft)[projectFile])).toEqual({
      repositories: { fly: { type: "composer", url: local.url } },
    });
    expect(draft.warnings).toEqual([expect.stringMatching(/every host/)]);
    expect(plan({ [configFile]: '{"config": {"secure-http": false}}' }, local).warnings).toEqual([]);
    expect(plan().warnings).toEqual([]);
  });

  it("puts no secret into a project", () => {
    const files = written(plan({}, {}, project));
    expect(Object.keys(files)).toEqual([projectFile, authFile]);
    expect(files[projectFile]).not.toContain(token);
  });
});

describe("where it goes", () => {
  it.each<[string, Partial<Place>, Record<string, string>, string]>([
    ["COMPOSER_HOME", { env: { COMPOSER_HOME: "/c" } }, {}, "/c/auth.json"],
    ["XDG_CONFIG_HOME", { env: { XDG_CONFIG_HOME: "/xdg" } }, {}, "/xdg/composer/auth.json"],
    [
      "the former folder where that is in use",
      {},
      { "/users/alice/.composer/.htaccess": "Deny from all" },
      "/users/alice/.composer/auth.json",
    ],
    [
      "the new folder where both are",
      {},
      { "/users/alice/.composer/.htaccess": "", [`${folder}/composer.json`]: "{}" },
      authFile,
    ],
    ["macOS", { platform: "darwin", home: "/Users/al" }, {}, "/Users/al/.composer/auth.json"],
    [
      "macOS with XDG",
      { platform: "darwin", home: "/Users/al", env: { XDG_DATA_HOME: "/d" } },
      {},
      "/Users/al/.config/composer/auth.json",
    ],
    [
      "Windows",
      { platform: "win32", home: "C:\\Users\\al", env: { APPDATA: "C:\\R" } },
      {},
      "C:\\R\\Composer\\auth.json",
    ],
  ])("%s", (_, where, files, auth) => {
    expect(Object.keys(written(plan(files, {}, where)))).toContain(auth);
  });

  it("COMPOSER names the project's file", () => {
    const where = { ...project, env: { COMPOSER: "build/other.json" } };
    expect(Object.keys(written(plan({}, {}, where)))[0]).toBe("/projects/app/build/other.json");
  });

  it("is refused for a relative COMPOSER_HOME", () => {
    expect(refusalOf(() => plan({}, {}, { env: { COMPOSER_HOME: "c" } }))).toBe("invalid_input");
    expect(refusalOf(() => plan({}, { style: "reference" }))).toBe("unsupported");
  });
});

describe("status", () => {
  const login = (password: string) => ({ "http-basic": { "acme.example": { username: "alice", password } } });
  const files = { [configFile]: { repositories: { fly } }, [authFile]: login(token) };
  const value = (found: ReturnType<typeof status>) => [
    found.secret?.reveal(),
    found.where,
    found.shadowed_by,
  ];

  it("finds what is set up", () => {
    expect(status(files)).toEqual({
      configured: true,
      url,
      username: "alice",
      secret: new Secret(token),
      where: authFile,
      shadowed_by: [],
      warnings: [],
    });
    expect(status({ [configFile]: { repositories: { fly } } }).configured).toBe(false);
    expect(status({ [authFile]: login(token) }).configured).toBe(false);
  });

  it.each<[string, Record<string, object>, Place["env"], string]>([
    ["COMPOSER_AUTH", {}, { COMPOSER_AUTH: JSON.stringify(login("other")) }, "COMPOSER_AUTH"],
    ["the project's composer.json", { [projectFile]: { config: login("other") } }, {}, projectFile],
    ["the project's auth.json", { "/projects/app/auth.json": login("other") }, {}, "/projects/app/auth.json"],
    [
      "a bearer token of lower rank",
      { [configFile]: { repositories: { fly }, config: { bearer: { "acme.example": "other" } } } },
      {},
      configFile,
    ],
  ])("is told of another login in %s", (_, more, env, where) => {
    const found = status({ ...files, ...more }, { ...project, env });
    expect(value(found)).toEqual(["other", where, [expect.stringContaining(where)]]);
  });

  it("is not misled by a login of lower rank, or for another host", () => {
    const more = { [configFile]: { repositories: { fly }, config: login("other") } };
    const env = { COMPOSER_AUTH: '{"http-basic": {"b.example": {"username": "a", "password": "b"}}}' };
    expect(value(status({ ...files, ...more }, { env }))).toEqual([token, authFile, []]);
  });

  it.each<[string, Record<string, object>, Place["env"], RegExp]>([
    [
      "is switched off by the project",
      { [projectFile]: { repositories: [{ fly: false }] } },
      {},
      /switches it off/,
    ],
    [
      "has another URL in the project",
      { [projectFile]: { repositories: { fly: { type: "composer", url: "https://b.example" } } } },
      {},
      /another of that name/,
    ],
    ["meets a COMPOSER_AUTH that is not JSON", {}, { COMPOSER_AUTH: "{" }, /not JSON/],
  ])("tells when the repository %s", (_, more, env, words) => {
    expect(status({ ...files, ...more }, { ...project, env }).shadowed_by).toEqual([
      expect.stringMatching(words),
    ]);
  });

  it("tells when http is refused", () => {
    const local = "http://127.0.0.1:8080/c";
    const repositories = { fly: { type: "composer", url: local } };
    const auth = { "http-basic": { "127.0.0.1:8080": { username: "a", password: "b" } } };
    const of = (config: object, own: object = {}) =>
      status(
        { [configFile]: { repositories, config }, [authFile]: auth, [projectFile]: own },
        project,
        local,
      );
    expect(of({ "secure-http": false })).toMatchObject({
      configured: true,
      warnings: [expect.stringMatching(/any host/)],
    });
    expect(of({})).toMatchObject({
      configured: false,
      shadowed_by: [expect.stringMatching(/secure-http is on/)],
    });
    expect(of({ "secure-http": false }, { config: { "secure-http": true } }).configured).toBe(false);
  });
});
