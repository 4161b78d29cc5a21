import { describe, expect, it } from "vitest";
import { gradle } from "../../src/package-managers/gradle.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/maven";
const own = "/users/alice/.gradle/gradle.properties";
const script = "/users/alice/.gradle/init.d/fly.init.gradle";
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(over: Partial<Target> = {}, files: Record<string, string> = {}, place: Place = placeOf()) {
  return gradle.plan({ ...target, ...over }, place, textsOf(gradle, place, files));
}

function status(files: Record<string, string>, place: Place = placeOf()) {
  const { secret, ...rest } = gradle.status(url, place, textsOf(gradle, place, files));
  return { ...rest, secret: secret?.reveal() };
}

/** What a plan leaves in a home without files. */
function planned(over: Partial<Target> = {}): Record<string, string> {
  return written(plan(over)) as Record<string, string>;
}

describe("gradle's plan", () => {
  it("puts user and token into the user's file, and the repository into a script of its own, without them", () => {
    const { [own]: properties, [script]: text } = planned();
    expect(properties).toBe(`flyUser=alice\nflyToken=${token}\n`);
    expect(text).toContain(`def flyUrl = '${url}'`);
    expect(text).not.toContain(token);
    expect(text).not.toContain("allowInsecureProtocol");
  });

  it("goes to GRADLE_USER_HOME, which has to be an absolute path", () => {
    const place = placeOf({ env: { GRADLE_USER_HOME: "/opt/gradle-home" } });
    expect(Object.keys(written(plan({}, {}, place)))).toEqual([
      "/opt/gradle-home/gradle.properties",
      "/opt/gradle-home/init.d/fly.init.gradle",
    ]);
    const relative = placeOf({ env: { GRADLE_USER_HOME: "gradle" } });
    expect(refusalOf(() => gradle.files(relative))).toBe("invalid_input");
    const windows = placeOf({ platform: "win32", home: "C:\\Users\\alice" });
    expect(gradle.files(windows)).toEqual([
      "C:\\Users\\alice\\.gradle\\gradle.properties",
      "C:\\Users\\alice\\.gradle\\init.d\\fly.init.gradle",
    ]);
  });

  it("allows http only for this machine's own repository, and asks first only one that has all packages", () => {
    const local = planned({ url: "http://127.0.0.1:8321/artifactory/maven/", mirrors: true })[script];
    expect(local).toContain("def flyUrl = 'http://127.0.0.1:8321/artifactory/maven'");
    expect(local).toContain("repository.allowInsecureProtocol = true");
    expect(local).toContain("def flyFirst = true");
    expect(planned()[script]).toContain("def flyFirst = false");
  });

  it.each([
    ["a quote", "https://acme.example/it's", "def flyUrl = 'https://acme.example/it%27s'"],
    ["a dollar sign and braces", "https://acme.example/${x}", "def flyUrl = 'https://acme.example/$%7Bx%7D'"],
    ["a backslash", "https://acme.example/a\\b", "def flyUrl = 'https://acme.example/a/b'"],
  ])("writes no URL that would end the script's text: %s", (_what, odd, line) => {
    expect(planned({ url: odd })[script]).toContain(`${line}\n`);
  });

  it("spells out what a properties file cannot hold as it is", () => {
    const username = " é\\😀=";
    const { [own]: text, [script]: program } = planned({ username });
    expect(text).toMatch(/^flyUser=\\ \\u00e9\\\\\\ud83d\\ude00=\n/);
    expect(status({ [own]: text ?? "", [script]: program ?? "" }).username).toBe(username);
  });

  it("refuses a script of that name that is not ours, and replaces one that is", () => {
    const theirs = "// Written by me\nallprojects { }\n";
    expect(refusalOf(() => plan({}, { [script]: theirs }))).toBe("conflict");
    expect(refusalOf(() => plan({}, { [script]: `\n${planned()[script]}` }))).toBe("conflict");
    const old = planned({ url: "https://old.example/maven" });
    expect(written(plan({}, old))).toEqual({ [script]: planned()[script] });
    expect(
      plan({}, { ...planned(), [script]: planned()[script]?.replaceAll("\n", "\r\n") ?? "" }).changes,
    ).toHaveLength(1);
  });

  it("by reference writes no token, empties one that is there, and stays with it", () => {
    const { variable, warnings, changes } = plan(
      { style: "reference" },
      { [own]: "# mine\nflyToken = former\n" },
    );
    expect([variable, warnings]).toEqual(["FLY_TOKEN", [expect.stringContaining("FLY_TOKEN")]]);
    const [properties] = changes;
    expect(properties?.after).toBe("# mine\nflyToken = \nflyUser = alice\n");
    expect(properties?.entries.find(({ path }) => path[0] === "flyToken")).toMatchObject({ sensitive: true });
    const before = planned({ style: "reference" });
    expect(before[own]).toBe("flyUser=alice\n");
    expect(plan({}, before)).toMatchObject({ changes: [], variable: "FLY_TOKEN" });
    expect(written(plan({ style: "value" }, before))[own]).toBe(`flyUser=alice\nflyToken=${token}\n`);
  });

  it("is for the user alone", () => {
    const project = placeOf({ scope: "project", project_dir: "/projects/app" });
    expect(refusalOf(() => gradle.plan(target, project, new Map()))).toBe("unsupported");
  });
});

describe("gradle's status", () => {
  it("finds what was written, and nothing in a script of somebody else's", () => {
    const files = planned();
    expect(status(files)).toEqual({
      configured: true,
      url,
      username: "alice",
      secret: token,
      where: own,
      shadowed_by: [],
      warnings: [],
    });
    expect(status({ ...files, [script]: "allprojects { }" })).toMatchObject({
      configured: false,
      url: undefined,
      warnings: [expect.stringContaining("not ours")],
    });
    expect(status({})).toMatchObject({ configured: false, secret: undefined, warnings: [] });
    const other = planned({ url: "https://other.example/maven" });
    expect(status(other)).toMatchObject({ configured: false, url: "https://other.example/maven" });
  });

  it("has the token that Gradle would send: of its variable, the user's file, the project's, ours", () => {
    const by = planned({ style: "reference" });
    const place = (env: Record<string, string>) => placeOf({ env, project_dir: "/projects/app" });
    const project = { "/projects/app/gradle.properties": "flyToken=of-the-project\n" };
    const found = (files: Record<string, string>, env: Record<string, string> = {}) => {
      const { secret, where, shadowed_by, warnings } = status(files, place(env));
      return [secret, where, shadowed_by.length, warnings.length];
    };
    const fly = { FLY_TOKEN: "of-the-variable" };
    expect(found(by)).toEqual([undefined, undefined, 0, 1]);
    expect(found(by, fly)).toEqual(["of-the-variable", "FLY_TOKEN", 0, 0]);
    expect(found({ ...by, ...project }, fly)).toEqual([
      "of-the-project",
      "/projects/app/gradle.properties",
      1,
      0,
    ]);
    expect(found({ ...planned(), ...project }, fly)).toEqual([token, own, 0, 0]);
    expect(found(planned(), { ORG_GRADLE_PROJECT_flyToken: "above" })).toEqual([
      "above",
      "ORG_GRADLE_PROJECT_flyToken",
      1,
      0,
    ]);
  });

  it("names what outranks the files, without a secret in it", () => {
    const env = {
      ORG_GRADLE_PROJECT_flyUser: "bob",
      ORG_GRADLE_PROJECT_flyToken: "secret-1",
      GRADLE_OPTS: "-Xmx1g -Dorg.gradle.project.flyToken=secret-2 -Dgradle.user.home=/elsewhere",
    };
    const { shadowed_by, username } = status(planned(), placeOf({ env }));
    expect(username).toBe("bob");
    expect(shadowed_by).toHaveLength(4);
    expect(shadowed_by.join()).not.toMatch(/secret-/);
    const same = placeOf({ env: { ORG_GRADLE_PROJECT_flyToken: token } });
    expect(status(planned(), same).shadowed_by).toEqual([]);
  });
});

describe("gradle's verification", () => {
  const answers =
    (login: number, stranger: number) =>
    async (_: unknown, init: RequestInit = {}) =>
      new Response(null, { status: new Headers(init.headers).has("authorization") ? login : stranger });

  it.each([
    [200, 401, true],
    [404, 401, true],
    [404, 404, false],
    [401, 401, false],
    [403, 403, false],
  ])("takes %i, where a stranger gets %i, for %s", async (login, stranger, ok) => {
    expect(await gradle.verify(target, answers(login, stranger))).toMatchObject({ ok, status: login });
  });
});
