import { describe, expect, it } from "vitest";
import { npm } from "../../src/package-managers/npm.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/npm/npm/";
const key = "//acme.example/artifactory/api/npm/npm/:_authToken";
const userFile = "/users/alice/.npmrc";
const projectFile = "/users/alice/shop/.npmrc";
const project: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return npm.plan({ ...target, ...over }, place, textsOf(npm, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return npm.status(url, place, textsOf(npm, place, files));
}

describe("what is written", () => {
  it("makes a file with the registry and its token", () => {
    expect(written(plan({}))).toEqual({ [userFile]: `registry=${url}\n${key}=${token}\n` });
  });

  it("changes one line and adds one in a file that has both kinds of comments and odd spacing", () => {
    const before =
      "; mine\r\nregistry = https://old.example/ ; old\r\n\r\n//old.example/:_authToken=keep\r\n  # end";
    const after = `; mine\r\nregistry = ${url} ; old\r\n\r\n//old.example/:_authToken=keep\r\n${key}=${token}\r\n  # end`;
    const draft = plan({ [userFile]: before });
    expect(written(draft)[userFile]?.split("\r\n").sort()).toEqual(after.split("\r\n").sort());
    expect(draft.replaced_url).toBe("https://old.example/");
  });

  it("changes of several equal lines the one that npm goes by", () => {
    const draft = plan({
      [userFile]: `registry=https://a.example/\nregistry=https://b.example/\n${key}=${token}\n`,
    });
    expect(written(draft)).toEqual({
      [userFile]: `registry=https://a.example/\nregistry=${url}\n${key}=${token}\n`,
    });
  });

  it("leaves a value alone that means the same, quoted or by reference", () => {
    const before = `registry="${url}"\n${key}="${token}"\n`;
    expect(plan({ [userFile]: before }).changes).toEqual([]);
    const byReference = `registry=\${REG}\n${key}=${token}\n`;
    expect(plan({ [userFile]: byReference }, {}, { env: { REG: url } }).changes).toEqual([]);
  });

  it("writes for one npm scope alone and leaves the default registry", () => {
    const draft = plan({ [userFile]: "registry=https://old.example/\n" }, { npm_scope: "@acme" });
    expect(written(draft)).toEqual({
      [userFile]: `registry=https://old.example/\n@acme:registry=${url}\n${key}=${token}\n`,
    });
    expect(draft.replaced_url).toBeUndefined();
  });

  it("puts a project's registry into the project and the token into the user's file", () => {
    expect(written(plan({}, {}, project))).toEqual({
      [projectFile]: `registry=${url}\n`,
      [userFile]: `${key}=${token}\n`,
    });
  });

  it("puts both into one file where the project's folder is the home folder", () => {
    const draft = plan({}, {}, { scope: "project", project_dir: "/users/alice" });
    expect(written(draft)).toEqual({ [userFile]: `registry=${url}\n${key}=${token}\n` });
  });

  it("adds the final slash, and keys a registry at a port by host and port", () => {
    const draft = plan({}, { url: "http://127.0.0.1:7411/npm" });
    expect(written(draft)).toEqual({
      [userFile]: `registry=http://127.0.0.1:7411/npm/\n//127.0.0.1:7411/npm/:_authToken=${token}\n`,
    });
  });

  it.each([
    ["npm_config_userconfig", "/etc/alice/npmrc"],
    ["NPM_CONFIG_USERCONFIG", "/etc/alice/npmrc"],
    ["Npm_Config_UserConfig", "~/npmrc"],
  ])("goes to the file that %s names", (name, value) => {
    const file = value.replace("~", "/users/alice");
    expect(Object.keys(written(plan({}, {}, { env: { [name]: value } })))).toEqual([file]);
  });

  it("goes to the user's profile on Windows", () => {
    const draft = plan({}, {}, { platform: "win32", home: "C:\\Users\\alice" });
    expect(Object.keys(written(draft))).toEqual(["C:\\Users\\alice\\.npmrc"]);
  });

  it("names the former registry without its credentials", () => {
    expect(plan({ [userFile]: "registry=https://bob:pw123456@old.example/npm/?t=1\n" }).replaced_url).toBe(
      "https://old.example/npm/",
    );
  });
});

describe("a secret by reference", () => {
  it("writes the reference, and says which variable is to hold the secret and what happens without it", () => {
    const draft = plan({}, { style: "reference" });
    expect(written(draft)[userFile]).toBe(`registry=${url}\n${key}=\${FLY_TOKEN}\n`);
    expect(draft.variable).toBe("FLY_TOKEN");
    expect(draft.warnings.join()).toMatch(/FLY_TOKEN: where it is not set, npm .* 401/);
  });

  it("keeps the reference that the user has, unless the value is asked for", () => {
    const files = { [userFile]: `registry=${url}\n${key}=\${NPM_TOKEN}\n` };
    const kept = plan(files);
    expect([kept.changes, kept.variable]).toEqual([[], "NPM_TOKEN"]);
    expect(written(plan(files, { style: "value" }))[userFile]).toBe(`registry=${url}\n${key}=${token}\n`);
  });

  it("takes the place of a value", () => {
    const draft = plan({ [userFile]: `${key}=old-token\n` }, { style: "reference" });
    expect(written(draft)[userFile]).toContain(`${key}=\${FLY_TOKEN}\n`);
  });

  it("is found by its variable when that is set, and warned about when not", () => {
    const files = { [userFile]: `registry=${url}\n${key}=\${FLY_TOKEN}\n` };
    const set = status(files, { env: { FLY_TOKEN: token } });
    expect([set.configured, set.secret?.reveal(), set.where, set.warnings]).toEqual([
      true,
      token,
      "FLY_TOKEN",
      [],
    ]);
    const unset = status(files);
    expect([unset.configured, unset.secret, unset.where]).toEqual([false, undefined, "FLY_TOKEN"]);
    expect(unset.warnings.join()).toMatch(/FLY_TOKEN: where it is not set/);
    expect(status({ [userFile]: `registry=${url}\n${key}=\${FLY_TOKEN?}\n` }).configured).toBe(false);
  });
});

describe("what is refused", () => {
  it.each<[string, Partial<Target>, string]>([
    ["a scope without @", { npm_scope: "acme" }, "invalid_input"],
    ["a scope that is a path", { npm_scope: "@acme/pkg" }, "invalid_input"],
    ["a scope that begins another key", { npm_scope: "@a:registry=x" }, "invalid_input"],
    ["a token with a space", { secret: new Secret("FlyV1 fm2_abc") }, "invalid_input"],
    ["a token with a comment sign", { secret: new Secret("abc#def;ghi") }, "invalid_input"],
    ["a token that is a reference", { secret: new Secret("${HOME}") }, "invalid_input"],
    ["an empty token", { secret: new Secret("") }, "invalid_input"],
    ["a path with =", { url: "https://acme.example/a=b/" }, "invalid_input"],
    ["a query", { url: "https://acme.example/npm/?token=x" }, "invalid_input"],
    ["http to another machine", { url: "http://acme.example/npm/" }, "unsafe_location"],
    [
      "http to a name that only begins like this machine",
      { url: "http://127.0.0.1.evil.example/npm/" },
      "unsafe_location",
    ],
  ])("%s", (_, over, code) => {
    expect(refusalOf(() => plan({}, over))).toBe(code);
  });

  it("a user file at a relative path", () => {
    expect(refusalOf(() => npm.files(placeOf({ env: { npm_config_userconfig: "npmrc" } })))).toBe(
      "invalid_input",
    );
  });
});

describe("which setting npm goes by", () => {
  const other = "https://other.example/npm/";
  const line = (to: string) => `registry=${to}\n`;
  const global = "/opt/npm/etc/npmrc";
  const env = { NPM_CONFIG_GLOBALCONFIG: global };

  it.each<[string, Record<string, string>, Record<string, string>, string | undefined]>([
    ["none", {}, {}, undefined],
    ["global", { [global]: line("global") }, {}, "global"],
    ["user over global", { [global]: line("global"), [userFile]: line("user") }, {}, "user"],
    ["project over user", { [userFile]: line("user"), [projectFile]: line("project") }, {}, "project"],
    ["environment over project", { [projectFile]: line("project") }, { npm_config_registry: "env" }, "env"],
    ["the last of two lines", { [userFile]: line("first") + line("last") }, {}, "last"],
    ["no empty variable", { [userFile]: line("user") }, { npm_config_registry: "" }, "user"],
    ["a variable in capitals", {}, { NPM_CONFIG_REGISTRY: "env" }, "env"],
    ["no line of a section", { [userFile]: `[a]\n${line("section")}` }, {}, undefined],
    ["no comment", { [userFile]: `;${line("comment")}` }, {}, undefined],
  ])("%s", (_, files, variables, winner) => {
    const at = (name: string) => `https://${name}.example/`;
    const spelled = Object.fromEntries(
      Object.entries(files).map(([file, text]) => [
        file,
        text.replace(/=(\w+)/g, (_all, name: string) => `=${at(name)}`),
      ]),
    );
    const set = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value && at(value)]),
    );
    expect(status(spelled, { ...project, env: { ...env, ...set } }).url).toBe(winner && at(winner));
  });

  it("reports a variable and a project file that outrank the user's registry", () => {
    const files = { [userFile]: `registry=${url}\n${key}=${token}\n`, [projectFile]: line(other) };
    const found = status(files, {
      project_dir: "/users/alice/shop",
      env: { npm_config_registry: "https://bob:hunter22@ci.example/" },
    });
    expect([found.configured, found.url]).toEqual([false, "https://ci.example/"]);
    expect(found.shadowed_by).toEqual([
      `${projectFile} sets \`registry\` to ${other}, and outranks the user configuration.`,
      "npm_config_registry sets `registry` to https://ci.example/, and outranks the user configuration.",
    ]);
  });

  it("reports a variable before anything is configured, because it would outrank what is written", () => {
    expect(status({}, { env: { npm_config_registry: other } }).shadowed_by).toHaveLength(1);
  });

  it("does not call the default registry a shadow when the registry is for one scope", () => {
    const found = status(
      { [userFile]: `@acme:registry=${url}\n${key}=${token}\n` },
      { env: { npm_config_registry: other } },
    );
    expect([found.configured, found.url, found.shadowed_by]).toEqual([true, url, []]);
  });

  it("reports another token in the project's file and in a variable", () => {
    const files = {
      [userFile]: `registry=${url}\n${key}=${token}\n`,
      [projectFile]: `${key}=stale-token-1\n`,
    };
    const found = status(files, { ...project, env: { [`npm_config_${key}`]: "stale-token-2" } });
    expect(found.secret?.reveal()).toBe("stale-token-2");
    expect(found.shadowed_by).toHaveLength(2);
    expect(found.shadowed_by.join()).not.toContain("stale-token");
  });

  it("notes that pnpm prefers its own file", () => {
    const files = {
      [userFile]: `registry=${url}\n${key}=${token}\n`,
      "/users/alice/.config/pnpm/auth.ini": `${key}=stale-token-1\n`,
    };
    const found = status(files);
    expect([found.configured, found.secret?.reveal(), found.shadowed_by]).toEqual([true, token, []]);
    expect(found.warnings.join()).toMatch(/^pnpm alone: /);
  });
});

describe("credentials that almost fit", () => {
  it.each([
    ["without the slash", "//acme.example/artifactory/api/npm/npm:_authToken"],
    ["at a parent path", "//acme.example/artifactory/:_authToken"],
    ["at the host", "//acme.example/:_authToken"],
    ["at the host, without a slash", "//acme.example:_authToken"],
  ])("%s: install works, publish does not", (_, near) => {
    const found = status({ [userFile]: `registry=${url}\n${near}=${token}\n` });
    expect(found.secret?.reveal()).toBe(token);
    expect(found.warnings.join()).toMatch(/`npm install` works, `npm publish` and `npm whoami` do not/);
  });

  it("are not taken where host, port or path differ", () => {
    const lines = [
      "//acme.example:8443/:_authToken",
      "//other.example/:_authToken",
      "//acme.example/artifactory/api/npm/npm/sub/:_authToken",
    ];
    const found = status({ [userFile]: `registry=${url}\n${lines.map((one) => `${one}=x\n`).join("")}` });
    expect([found.configured, found.secret]).toEqual([false, undefined]);
  });

  it("reads user and password in the older spellings", () => {
    const base = key.replace(":_authToken", "");
    const auth = Buffer.from(`bob:${token}`).toString("base64");
    const password = Buffer.from(token).toString("base64");
    for (const lines of [`${base}:_auth=${auth}`, `${base}:username=bob\n${base}:_password="${password}"`]) {
      const found = status({ [userFile]: `registry=${url}\n${lines}\n` });
      expect([found.configured, found.username, found.secret?.reveal()]).toEqual([true, "bob", token]);
    }
  });

  it("warns about a registry without its slash and about a bare credential", () => {
    const found = status({ [userFile]: `registry=${url.slice(0, -1)}\n${key}=${token}\n_authToken=x\n` });
    expect(found.configured).toBe(true);
    expect(found.warnings.join()).toMatch(/lacks its final slash.*bare `_authToken`/s);
  });
});
