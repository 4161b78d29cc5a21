import { describe, expect, it } from "vitest";
import { go } from "../../src/package-managers/go.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { defaultGoProxies } from "../../src/package-managers/public-registries.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/go/go";
const file = "/users/alice/.config/go/env";
const netrcFile = "/users/alice/.netrc";
const login = `machine acme.example login alice password ${token}\n`;
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(files: Record<string, string> = {}, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return go.plan({ ...target, ...over }, place, textsOf(go, place, files));
}

function status(files: Record<string, string>, env: Place["env"] = {}) {
  const place = placeOf({ env });
  return go.status(url, place, textsOf(go, place, files));
}

describe("GOPROXY", () => {
  it.each<[former: string, mirrors: boolean, now: string]>([
    ["", false, `${url},${defaultGoProxies}`],
    ["", true, `${url},direct`],
    [
      "https://a.example/go|https://b.example,direct",
      false,
      `${url},https://a.example/go|https://b.example,direct`,
    ],
    ["https://a.example/go", true, `${url},direct`],
    ["off", false, `${url},off`],
    ["off", true, `${url},off`],
    ["direct", false, `${url},direct`],
    [`https://a.example,${url}/,direct`, false, `${url},https://a.example,direct`],
    [`https://bob:keep-me@acme.example/artifactory/api/go/go|direct`, false, `${url}|direct`],
  ])("of %j, where the registry has the public modules: %s, becomes %s", (former, mirrors, now) => {
    const before = former === "" ? "" : `GOPROXY=${former}\n`;
    expect(written(plan({ [file]: before }, { mirrors }))[file]).toBe(`GOPROXY=${now}\n`);
  });

  it.each([`${url},off`, `${url}/|direct`, "acme.example/artifactory/api/go/go , direct"])(
    "stays as it is where it begins with the registry: %s",
    (value) => expect(Object.keys(written(plan({ [file]: `GOPROXY=${value}\n` })))).toEqual([netrcFile]),
  );

  it("of another mirror is told, without its credential, where it is replaced", () => {
    const draft = plan({ [file]: "GOPROXY=https://bob:pw123456@a.example/go,direct" }, { mirrors: true });
    expect(draft.replaced_url).toBe("https://a.example/go");
    expect(draft.changes[0]?.entries[0]?.sensitive).toBe(true);
  });
});

describe("where it goes", () => {
  it.each<[string, Partial<Place>, string[]]>([
    ["XDG_CONFIG_HOME", { env: { XDG_CONFIG_HOME: "/xdg" } }, ["/xdg/go/env", netrcFile]],
    ["GOENV and NETRC", { env: { GOENV: "/ci/goenv", NETRC: "/ci/netrc" } }, ["/ci/goenv", "/ci/netrc"]],
    [
      "Windows",
      { platform: "win32", home: "C:\\Users\\al", env: { APPDATA: "C:\\Roaming" } },
      ["C:\\Roaming\\go\\env", "C:\\Users\\al\\_netrc"],
    ],
    [
      "macOS",
      { platform: "darwin", home: "/Users/al" },
      ["/Users/al/Library/Application Support/go/env", "/Users/al/.netrc"],
    ],
  ])("%s", (_, where, files) => {
    expect(Object.keys(written(plan({}, {}, where)))).toEqual(files);
  });

  it.each<[string, () => unknown]>([
    ["GOENV=off", () => plan({}, {}, { env: { GOENV: "off" } })],
    ["http", () => plan({}, { url: "http://127.0.0.1:8080/go" })],
    ["the style value", () => plan({}, { style: "value" })],
    ["a project", () => plan({}, {}, { scope: "project", project_dir: "/projects/app" })],
    ["a token that netrc cannot hold", () => plan({}, { secret: new Secret('a"b') })],
  ])("is unsupported with %s", (_, action) => expect(refusalOf(action)).toBe("unsupported"));

  it.each<[string, () => unknown]>([
    ["a relative GOENV", () => plan({}, {}, { env: { GOENV: "go.env" } })],
    ["a relative NETRC", () => plan({}, {}, { env: { NETRC: "netrc" } })],
    ["a comma in the URL", () => plan({}, { url: `${url},x` })],
  ])("is refused for %s", (_, action) => expect(refusalOf(action)).toBe("invalid_input"));
});

describe("netrc", () => {
  it("keeps the rest, and renews our own entry", () => {
    const before =
      "machine b.example login b password keep-me\nmachine acme.example\n  login alice\n  password old\n";
    expect(written(plan({ [netrcFile]: before }))[netrcFile]).toBe(before.replace("old", token));
  });

  it.each([
    ["of another user", "machine acme.example login bob password keep-me\n"],
    [
      "that stands there twice",
      "machine acme.example login alice password a\nmachine acme.example login alice password b\n",
    ],
  ])("is left alone with an entry %s", (_, text) => {
    expect(refusalOf(() => plan({ [netrcFile]: text }))).toBe("conflict");
  });

  it("is read as go does: the first entry, no default, nothing over http", () => {
    const first = `machine acme.example login a password first-one\n${login}`;
    expect(status({ [file]: `GOPROXY=${url}\n`, [netrcFile]: first }).secret?.reveal()).toBe("first-one");
    const fallback = "default login a password anything\n";
    expect(status({ [file]: `GOPROXY=${url}\n`, [netrcFile]: fallback })).toMatchObject({
      configured: false,
    });
    const place = placeOf();
    const texts = textsOf(go, place, { [netrcFile]: "machine 127.0.0.1 login a password b\n" });
    expect(go.status("http://127.0.0.1/go", place, texts).secret).toBeUndefined();
  });
});

describe("status", () => {
  const files = { [file]: `GOPROXY=${url},direct\n`, [netrcFile]: login };

  it("finds what is set up", () => {
    expect(status(files)).toEqual({
      configured: true,
      url,
      username: "alice",
      secret: new Secret(token),
      where: netrcFile,
      shadowed_by: [],
      warnings: [],
    });
  });

  it.each<[Place["env"], RegExp]>([
    [
      { GOPROXY: "https://u:pw123456@other.example,direct" },
      /GOPROXY begins with https:\/\/other\.example\/,/,
    ],
    [{ GOPROXY: "off" }, /GOPROXY begins with off/],
    [{ GOENV: "off" }, /GOENV is off/],
    [{ GOAUTH: "git /projects/app" }, /GOAUTH is set/],
    [{ GO111MODULE: "off" }, /GO111MODULE is off/],
    [{ GOFLAGS: "-x -mod=vendor" }, /-mod=vendor/],
  ])("tells what outranks it: %j", (env, words) => {
    const found = placeOf({ env });
    const known = textsOf(go, found, env.GOENV ? { [netrcFile]: login } : files);
    const { shadowed_by } = go.status(url, found, known);
    expect(shadowed_by).toEqual([expect.stringMatching(words)]);
    expect(shadowed_by.join()).not.toContain("pw123456");
  });

  it("is not shadowed by a variable that says the same, or by GOAUTH with netrc in it", () => {
    expect(status(files, { GOPROXY: `${url}|direct`, GOAUTH: "git /x; netrc" }).shadowed_by).toEqual([]);
  });

  it.each<[string, RegExp[]]>([
    [`GOPROXY=${url}|direct`, [/has \| behind the registry/]],
    [`GOPROXY=${url}\nGOPRIVATE=acme.example/*`, [/GOPRIVATE is set.*GONOPROXY=none ends that/]],
    [`GOPROXY=${url}\nGOPRIVATE=acme.example/*\nGONOPROXY=none`, []],
    [`GOPROXY=${url}\nGONOPROXY=acme.example/*`, [/GONOPROXY is set/]],
  ])("warns of modules that do not come from there: %s", (text, words) => {
    const { warnings } = status({ [file]: `${text}\n`, [netrcFile]: login });
    expect(warnings).toEqual(words.map((one) => expect.stringMatching(one)));
  });
});

it("tells of the checksum database, unless that is taken care of", () => {
  expect(plan().warnings).toEqual([expect.stringMatching(/GONOSUMDB/)]);
  for (const line of ["GONOSUMDB=acme.example/*", "GOSUMDB=off"])
    expect(plan({ [file]: `${line}\n` }).warnings).toEqual([]);
});
