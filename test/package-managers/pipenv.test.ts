import { describe, expect, it } from "vitest";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { pipenv } from "../../src/package-managers/pipenv.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/pypi/pypi/simple";
const pipfile = "/users/alice/shop/Pipfile";
const lock = `${pipfile}.lock`;
const netrc = "/users/alice/.netrc";
const project: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, mirrors: true, username: "alice", secret: new Secret(token) };
const login = `machine acme.example login alice password ${token}\n`;
const source = (name: string, to = `https://${name}.example/simple`) =>
  `[[source]]\nname = "${name}"\nurl = "${to}"\nverify_ssl = true\n`;

function plan(text: string, over: Partial<Target> = {}, where: Partial<Place> = project) {
  const place = placeOf(where);
  return pipenv.plan({ ...target, ...over }, place, textsOf(pipenv, place, { [pipfile]: text }));
}

function status(files: Record<string, string>, env: Record<string, string> = {}) {
  const place = placeOf({ ...project, env });
  return pipenv.status(url, place, textsOf(pipenv, place, { [netrc]: login, ...files }));
}

describe("what is written", () => {
  it("a source where there is none, and no secret into the project", () => {
    expect(written(plan("[packages]\n"))).toEqual({
      [pipfile]: `[packages]\n\n${source("fly", url)}`,
      [netrc]: login,
    });
  });

  it("in place of the public source where the registry has its packages, which it says", () => {
    const draft = plan(source("pypi"));
    expect(written(draft)[pipfile]).toBe(source("pypi", url));
    expect(draft.replaced_url).toBe("https://pypi.example/simple");
  });

  it("beside the public source where it has not, with what that means", () => {
    const draft = plan(source("pypi"), { mirrors: false });
    expect(written(draft)[pipfile]).toBe(`${source("pypi")}\n${source("fly", url)}`);
    expect(draft.warnings.join()).toMatch(/pipenv install --index fly/);
  });

  it("of a source of ours its URL alone", () => {
    const before = source("fly", "https://old.example/simple").replace("true", "false # why");
    expect(written(plan(before))[pipfile]).toBe(before.replace("https://old.example/simple", url));
  });

  it("where PIPENV_PIPFILE says; and nothing for a user, whose configuration pipenv does not have", () => {
    const place = placeOf({ ...project, env: { PIPENV_PIPFILE: "/users/alice/other/Pipfile" } });
    expect(pipenv.files(place)).toContain("/users/alice/other/Pipfile.lock");
    expect([pipenv.scopes, refusalOf(() => pipenv.files(placeOf({ scope: "project" })))]).toEqual([
      ["project"],
      "invalid_input",
    ]);
  });
});

describe("what pipenv goes by", () => {
  it("puts variables into a URL, whose login comes before netrc's", () => {
    const text = source("team", url.replace("//", "//${TEAM_USER}:${TEAM_TOKEN}@"));
    const found = status({ [pipfile]: text }, { TEAM_USER: "bob", TEAM_TOKEN: "hunter22" });
    expect([found.configured, found.username, found.secret?.reveal(), found.url]).toEqual([
      true,
      "bob",
      "hunter22",
      url,
    ]);
  });

  it("is a lock file's sources, as long as there is one", () => {
    const locked = (to: string) =>
      JSON.stringify({ _meta: { sources: [{ name: "x", url: to, verify_ssl: true }] } });
    const text = source("fly", url);
    expect(status({ [pipfile]: text, [lock]: locked(url) }).shadowed_by).toEqual([]);
    expect(
      status({ [pipfile]: text, [lock]: locked("https://other.example/simple") }).shadowed_by.join(),
    ).toMatch(/pipenv lock/);
  });
});
