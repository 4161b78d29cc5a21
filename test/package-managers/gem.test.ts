import { describe, expect, it } from "vitest";
import { gem } from "../../src/package-managers/gem.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { basic } from "../../src/package-managers/probe.ts";
import { defaultGemSource } from "../../src/package-managers/public-registries.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/gems/gems/";
const host = url.slice(0, -1);
const gemrc = "/users/alice/.gemrc";
const xdg = "/users/alice/.config/gem/gemrc";
const keys = "/users/alice/.gem/credentials";
const xdgKeys = "/users/alice/.local/share/gem/credentials";
const source = `https://alice:${token}@acme.example/artifactory/api/gems/gems/`;
const key = `${host}: "${basic("alice", token)}"\n`;
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(files: Record<string, string> = {}, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return gem.plan({ ...target, ...over }, place, textsOf(gem, place, files));
}

function status(files: Record<string, string>, env: Place["env"] = {}) {
  const place = placeOf({ env });
  return gem.status(url, place, textsOf(gem, place, files));
}

describe("the sources of gem", () => {
  it("get ours beside the public one, or in its place where ours has its gems", () => {
    expect(written(plan())).toEqual({
      [gemrc]: `:sources:\n- "${defaultGemSource}"\n- "${source}"\n`,
      [xdgKeys]: key,
    });
    const mirrored = plan({}, { mirrors: true });
    expect(written(mirrored)[gemrc]).toBe(`:sources:\n- "${source}"\n`);
    expect(mirrored.replaced_url).toBe(defaultGemSource);
  });

  it("keep the user's own, with their comments and spacing", () => {
    const before = `:verbose: true\n:sources:\n  - https://other.example/ # one\n  -   ${defaultGemSource}\ngem: --no-document\n`;
    expect(written(plan({ [gemrc]: before }))[gemrc]).toBe(
      before.replace("\ngem:", `\n  - "${source}"\ngem:`),
    );
    expect(written(plan({ [gemrc]: before }, { mirrors: true }))[gemrc]).toBe(
      before.replace(`-   ${defaultGemSource}`, `- "${source}"`),
    );
  });

  it("have one of ours after a rotation, and lose what stood there under another login", () => {
    const before = `:sources:\n- https://bob:old@acme.example/artifactory/api/gems/gems\n- https://other.example/\n`;
    expect(written(plan({ [gemrc]: before }))[gemrc]).toBe(
      `:sources:\n- https://other.example/\n- "${source}"\n`,
    );
  });

  it("carry on those that the system's file had", () => {
    expect(written(plan({ "/etc/gemrc": ":sources: [https://corp.example/]\n" }))[gemrc]).toBe(
      `:sources:\n- "https://corp.example/"\n- "${source}"\n`,
    );
  });

  it("go to the file that gem reads", () => {
    const changed = (files: Record<string, string>, env: Place["env"] = {}) =>
      Object.keys(written(plan(files, {}, { env })));
    expect(changed({ [xdg]: "" })).toEqual([xdg, xdgKeys]);
    expect(changed({ [xdg]: "", [gemrc]: "", [keys]: "" })).toEqual([gemrc, keys]);
    expect(
      changed({ "/c/gemrc": "" }, { XDG_CONFIG_HOME: "/x", XDG_DATA_HOME: "/d", GEMRC: "/c/gemrc" }),
    ).toEqual(["/c/gemrc", "/d/gem/credentials"]);
    const two = { "/c/a": ":sources: [https://corp.example/]\n", "/c/b": "gem: -V\n" };
    expect(changed(two, { GEMRC: "/c/a:/c/b" })[0]).toBe("/c/a");
    expect(refusalOf(() => plan({}, {}, { env: { GEMRC: "gemrc" } }))).toBe("invalid_input");
  });

  it("encode a login for its place in a URL", () => {
    const secret = new Secret("a+b/c=%");
    const after = written(plan({}, { username: "alice@acme.example", secret }))[gemrc];
    expect(after).toContain("https://alice%40acme.example:a%2Bb%2Fc%3D%25@acme.example/");
    expect(status({ [gemrc]: after ?? "" })).toMatchObject({
      configured: true,
      username: "alice@acme.example",
      secret,
    });
  });
});

it("keys of gem are added to those of other registries, and replaced where ours was there", () => {
  const before = "---\n:rubygems_api_key: keep-me\n:fly: Basic other\n";
  const after = written(plan({ [keys]: before }))[keys];
  expect(after).toBe(`${before}${key}`);
  expect(written(plan({ [keys]: `${before}${host}: old\n` }))[keys]).toBe(after);
});

it.each<[string, Partial<Target>, Partial<Place>, string]>([
  ["a project", {}, { scope: "project", project_dir: "/projects/app" }, "unsupported"],
  ["a path that would need quotes", { url: "https://acme.example/a b/" }, {}, "invalid_input"],
  ["an IPv6 address", { url: "http://[::1]:80/gems/" }, {}, "invalid_input"],
  ["a user name with a colon", { username: "a:b" }, {}, "invalid_input"],
])("gem is not set up for %s", (_what, over, where, code) => {
  expect(refusalOf(() => plan({}, over, where))).toBe(code);
});

describe("what gem would come with", () => {
  const files = { [gemrc]: `:sources:\n- ${source}\n`, [keys]: key };

  it("is the login of our source", () => {
    expect(status(files)).toMatchObject({
      configured: true,
      url,
      username: "alice",
      where: gemrc,
      shadowed_by: [],
      warnings: [],
    });
    expect(status(files).secret?.reveal()).toBe(token);
  });

  it.each([
    {},
    { [gemrc]: `:sources:\n- ${url}\n` },
    { [gemrc]: "sources: [x]\n" },
    { [gemrc]: "", [xdg]: `:sources:\n- ${source}\n` },
    { "/etc/gemrc": "", [gemrc]: ":sources: []\n" },
  ])("is nothing in %j", (texts) => {
    expect(status(texts)).toMatchObject({ configured: false, shadowed_by: [] });
    expect(status(texts).secret).toBeUndefined();
  });

  it("names what `gem push` would do otherwise", () => {
    expect(status({ [gemrc]: files[gemrc] ?? "" }).warnings.join()).toMatch(
      /credentials has no key for https:\/\/acme/,
    );
    const { shadowed_by } = status(files, {
      GEM_HOST_API_KEY: "secret-key",
      RUBYGEMS_HOST: "https://u:pw@other.example",
    });
    expect(shadowed_by).toHaveLength(2);
    expect(shadowed_by.join()).not.toMatch(/secret-key|pw/);
    expect(status(files, { RUBYGEMS_HOST: host }).shadowed_by).toEqual([]);
  });
});
