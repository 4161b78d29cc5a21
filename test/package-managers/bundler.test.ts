import { describe, expect, it } from "vitest";
import { mirrorKey } from "../../src/package-managers/bundler/settings.ts";
import { bundler } from "../../src/package-managers/bundler.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { defaultGemSource } from "../../src/package-managers/public-registries.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme-co.example/artifactory/api/gems/gems/";
const user = "/users/alice/.bundle/config";
const project = "/projects/app/.bundle/config";
const host = "BUNDLE_ACME___CO__EXAMPLE";
const exact = "BUNDLE_HTTPS://ACME___CO__EXAMPLE/ARTIFACTORY/API/GEMS/GEMS/";
const login = `"alice:${token}"\n`;
const target: Target = { url, username: "alice", secret: new Secret(token) };
const inProject: Partial<Place> = { scope: "project", project_dir: "/projects/app" };

function plan(files: Record<string, string> = {}, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return bundler.plan({ ...target, ...over }, place, textsOf(bundler, place, files));
}

function status(files: Record<string, string>, env: Place["env"] = {}, where: Partial<Place> = {}) {
  const place = placeOf({ env, ...where });
  return bundler.status(url, place, textsOf(bundler, place, files));
}

describe("Bundler's configuration", () => {
  it("gets a login under the host, and no mirror where the registry lacks the public gems", () => {
    const draft = plan();
    expect(written(draft)).toEqual({ [user]: `${host}: ${login}` });
    expect(draft.warnings.join()).toContain(`source "${url}" do`);
  });

  it("gets a mirror of the public source where the registry has its gems", () => {
    const before = `---\n${mirrorKey}: "https://u:pw@former.example/"\nBUNDLE_JOBS: "4"`;
    const draft = plan({ [user]: before }, { mirrors: true });
    expect(written(draft)[user]).toBe(
      `---\n${mirrorKey}: "${url}"\nBUNDLE_JOBS: "4"\n${host}: ${login.trim()}`,
    );
    expect(draft.replaced_url).toBe("https://former.example/");
    expect(draft.changes[0]?.entries.map(({ sensitive }) => sensitive)).toEqual([true, true]);
  });

  it("of a project names the mirror alone; the login goes to the user's", () => {
    expect(written(plan({}, { mirrors: true }, inProject))).toEqual({
      [project]: `${mirrorKey}: "${url}"\n`,
      [user]: `${host}: ${login}`,
    });
    expect(written(plan({}, {}, inProject))).toEqual({ [user]: `${host}: ${login}` });
  });

  it("keeps the login of another user of the same host, and renews the one that outranks it", () => {
    const others = `${host}: "bob:keep-me"\n`;
    expect(written(plan({ [user]: others }))[user]).toBe(`${others}${exact}: ${login}`);
    expect(written(plan({ [user]: `${host}: "alice:old"\n` }))[user]).toBe(`${host}: ${login}`);
    expect(written(plan({ [user]: `${exact}: "bob:old"\n` }))[user]).toBe(`${exact}: ${login}`);
  });

  it("is where its variables say", () => {
    const file = (env: Place["env"]) => Object.keys(written(plan({}, {}, { env })))[0];
    expect(file({ BUNDLE_USER_HOME: "/b" })).toBe("/b/config");
    expect(file({ BUNDLE_USER_HOME: "/b", BUNDLE_USER_CONFIG: "/c" })).toBe("/c");
    expect(file({ BUNDLE_CONFIG: "/d", BUNDLE_USER_CONFIG: "/c" })).toBe("/d");
    expect(refusalOf(() => file({ BUNDLE_USER_HOME: "b" }))).toBe("invalid_input");
    const app = { ...inProject, env: { BUNDLE_APP_CONFIG: "/usr/local/bundle" } };
    expect(Object.keys(written(plan({}, { mirrors: true }, app)))).toContain("/usr/local/bundle/config");
  });

  it("refuses a URL whose name in it would need quotes", () => {
    expect(refusalOf(() => plan({}, { url: "https://acme.example/a%20b/" }))).toBe("invalid_input");
    expect(refusalOf(() => plan({}, {}, { scope: "project" }))).toBe("invalid_input");
  });
});

describe("what Bundler would come with", () => {
  const ours = `${host}: ${login}`;

  it("is the login under the URL before that under the host", () => {
    expect(status({ [user]: ours })).toMatchObject({
      configured: true,
      url,
      username: "alice",
      where: user,
      shadowed_by: [],
    });
    expect(status({ [user]: `${ours}${exact}: bob:other\n` }).username).toBe("bob");
    expect(status({ [user]: `${exact}: bob:other\n` }, { [host]: "carol:x" }).username).toBe("bob");
  });

  it("is read as Bundler reads: older spellings, no escapes, no comments behind a value", () => {
    expect(status({ [user]: `BUNDLE_ACME-CO.EXAMPLE: 'alice:a'\r\n` }).secret?.reveal()).toBe("a");
    expect(status({ [user]: `${exact.slice(0, -1)}: alice:b\n` }).secret?.reveal()).toBe("b");
    expect(status({ [user]: `${host}: alice:c # mine\n` }).secret?.reveal()).toBe("c # mine");
  });

  it.each(["", "---\n", `${host}: alice\n`, `# ${ours}`, `a:\n  ${ours}`])("is nothing in %j", (text) => {
    expect(status({ [user]: text })).toMatchObject({ configured: false, shadowed_by: [] });
  });

  it("says what outranks it, without secrets", () => {
    const mirrored = `${ours}${mirrorKey}: "${url}"\n`;
    const elsewhere = `${mirrorKey}: "https://u:pw@other.example/"\n`;
    const shadows = [
      status({ [user]: ours }, { [host]: "alice:stale" }),
      status({ [user]: ours }, { BUNDLE_IGNORE_CONFIG: "1" }),
      status({ [user]: `${ours}BUNDLE_MIRROR__ALL: "https://u:pw@other.example/"\n` }),
      status({ [user]: mirrored, "/b/config": elsewhere }, { BUNDLE_APP_CONFIG: "/b" }),
      status({ [user]: ours, [project]: `${host}: "alice:stale"\n` }, {}, inProject),
    ].map(({ shadowed_by }) => shadowed_by);
    expect(shadows.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
    expect(shadows.join()).not.toMatch(/stale|pw/);
    expect(status({ [user]: ours }, { [host]: `alice:${token}` }).shadowed_by).toEqual([]);
    expect(status({ [user]: mirrored, [project]: elsewhere }, {}, inProject).shadowed_by).toEqual([]);
  });

  it("is only for Gemfiles that name the registry, unless it is a mirror", () => {
    expect(status({ [user]: ours }).warnings.join()).toContain("what a Gemfile names it for");
    expect(status({ [user]: `${ours}${mirrorKey}: ${url}\n` })).toMatchObject({ url, warnings: [] });
    expect(status({ [user]: `${ours}${mirrorKey}: https://other.example/\n` }).url).toBe(
      "https://other.example/",
    );
    expect(mirrorKey).toBe(`BUNDLE_MIRROR__${defaultGemSource.replaceAll(".", "__").toUpperCase()}`);
  });
});
