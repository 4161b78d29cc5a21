import { describe, expect, it } from "vitest";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { pnpm } from "../../src/package-managers/pnpm.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/npm/npm/";
const base = "//acme.example/artifactory/api/npm/npm/";
const user = "/users/alice/.npmrc";
const auth = "/users/alice/.config/pnpm/auth.ini";
const config = "/users/alice/.config/pnpm/config.yaml";
const script = "/users/alice/.local/share/fly-tokens/pnpm-token-helper";
const store = "/users/alice/.local/share/fly-tokens/credentials.json";
const inProject: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop/packages/cart" };
const target: Target = { url, username: "alice", secret: new Secret(token) };
const registry = `registry=${url}\n`;
const ours = `${registry}${base}:_authToken=${token}\n`;

function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return pnpm.plan({ ...target, ...over }, place, textsOf(pnpm, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return pnpm.status(url, place, textsOf(pnpm, place, files));
}

describe("what is written", () => {
  it("goes to the user's .npmrc, which npm and bun read, too", () => {
    expect(written(plan({}))).toEqual({ [user]: ours });
  });

  it("goes where pnpm looks first when auth.ini has it already", () => {
    const files = { [auth]: `; login\n${base}:_authToken=stale-token\n`, [user]: "fund=false\n" };
    expect(written(plan(files))).toEqual({
      [auth]: `; login\n${base}:_authToken=${token}\n`,
      [user]: `fund=false\n${registry}`,
    });
    expect(Object.keys(written(plan({ [auth]: "registry=https://old.example/\n" })))).toEqual([auth, user]);
  });

  it.each([
    ["PNPM_CONFIG_NPMRC_AUTH_FILE", "/etc/alice/npmrc"],
    ["pnpm_config_npmrc_auth_file", "/etc/alice/npmrc"],
    ["NPM_CONFIG_USERCONFIG", "/etc/alice/npmrc"],
    ["PNPM_CONFIG_USERCONFIG", "/etc/alice/npmrc"],
  ])("goes to the file that %s names", (name, file) => {
    expect(Object.keys(written(plan({}, {}, { env: { [name]: file } })))).toEqual([file]);
  });

  it("refuses a relative path in such a variable", () => {
    const place = placeOf({ env: { PNPM_CONFIG_NPMRC_AUTH_FILE: "npmrc" } });
    expect(refusalOf(() => pnpm.files(place))).toBe("invalid_input");
  });

  it("puts a project's registry where the workspace begins, and the token into the user's file", () => {
    const root = "/users/alice/shop";
    const files = { [`${root}/pnpm-workspace.yaml`]: "packages:\n  - packages/*\n" };
    const token_only = { [user]: `${base}:_authToken=${token}\n` };
    expect(written(plan(files, {}, inProject))).toEqual({ [`${root}/.npmrc`]: registry, ...token_only });
    expect(written(plan({}, {}, inProject))).toEqual({
      "/users/alice/shop/packages/cart/.npmrc": registry,
      ...token_only,
    });
  });
});

describe("the helper", () => {
  const draft = () => plan({}, { style: "helper" });

  it("is a program without a secret, named in pnpm's own file, because npm warns about the name", () => {
    const texts = written(draft());
    expect(texts[user]).toBe(registry);
    expect(texts[auth]).toBe(`${base}:tokenHelper=${script}\n`);
    expect(texts[script]).toMatch(
      /^#!\/bin\/sh\n#.*\nexec '\/opt\/node' '\/opt\/fly-tokens\/main.js' 'credential-helper' 'pnpm' .*'https:[^']*'\n$/,
    );
    expect(texts[script]).not.toContain(token);
    expect(texts[store]).toContain(token);
    expect(draft().changes.map(({ path, executable }) => [path, executable ?? false])).toEqual([
      [user, false],
      [auth, false],
      [script, true],
      [store, false],
    ]);
  });

  it("keeps words with quotes together", () => {
    const program = ["/opt/it's node", "$(main).js"];
    expect(written(plan({}, { style: "helper" }, { program }))[script]).toContain(
      `exec '/opt/it'\\''s node' '$(main).js' 'credential-helper'`,
    );
  });

  it("stays when nothing else is asked for, and goes when a value is", () => {
    const files = written(draft()) as Record<string, string>;
    const next = { secret: new Secret("flyt_another") };
    expect(Object.keys(written(plan(files, next)))).toEqual([store]);
    const byValue = written(plan(files, { ...next, style: "value" }));
    expect(byValue[auth]).toBe("");
    expect(byValue[user]).toContain("flyt_another");
  });

  it("is found with what our store has, unless the program is not ours", () => {
    const files = written(draft()) as Record<string, string>;
    const found = status(files);
    expect([found.configured, found.secret?.reveal(), found.username, found.where]).toEqual([
      true,
      token,
      "alice",
      store,
    ]);
    for (const file of [script, store]) {
      const broken = status({ ...files, [file]: "" });
      expect([broken.configured, broken.secret]).toEqual([false, undefined]);
      expect(broken.warnings.join()).toContain("has no token for it");
    }
    const theirs = status({ [user]: `${ours}${base}:tokenHelper=/opt/theirs\n` });
    expect([theirs.configured, theirs.secret]).toEqual([true, undefined]);
    expect(theirs.warnings.join()).toContain("pnpm asks /opt/theirs for its token");
  });

  it("is taken away where it would keep the token from being used", () => {
    const files = { [user]: `${registry}${base}:tokenHelper=/opt/theirs\n` };
    const draft = plan(files);
    expect(written(draft)).toEqual({ [user]: ours });
    expect(draft.warnings).toEqual([expect.stringContaining("that setting is taken out")]);
  });

  it("is refused on Windows, and for a second registry", () => {
    expect(refusalOf(() => plan({}, { style: "helper" }, { platform: "win32", home: "C:\\Users\\a" }))).toBe(
      "unsupported",
    );
    const files = { [auth]: `//other.example/npm/:tokenHelper=${script}\n` };
    expect(refusalOf(() => plan(files, { style: "helper" }))).toBe("conflict");
  });
});

describe("which setting pnpm goes by", () => {
  const line = (name: string) => `registry=https://${name}.example/\n`;
  const workspace = "/users/alice/shop/packages/cart/pnpm-workspace.yaml";
  const project = "/users/alice/shop/packages/cart/.npmrc";

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["user", { [user]: line("user") }, { npm_config_registry: "https://no.example/" }],
    ["auth", { [user]: line("user"), [auth]: line("auth") }, {}],
    ["project", { [auth]: line("auth"), [project]: line("project") }, {}],
    [
      "config",
      { [project]: line("project"), [config]: "registries: { default: https://config.example/ }\n" },
      {},
    ],
    [
      "plain",
      { [config]: "registries:\n  default: https://no.example/\nregistry: https://plain.example/\n" },
      {},
    ],
    [
      "space",
      { [config]: "registry: https://no.example/\n", [workspace]: "registry: https://space.example/\n" },
      {},
    ],
    [
      "variable",
      { [workspace]: "registry: https://no.example/\n" },
      { PNPM_CONFIG_REGISTRY: "https://variable.example/" },
    ],
  ])("%s", (name, files, env) => {
    expect(status(files, { ...inProject, env }).url).toBe(`https://${name}.example/`);
  });

  it("reports what outranks ours", () => {
    const env = {
      PNPM_CONFIG_REGISTRY: "https://ci.example/",
      pnpm_config__auth: JSON.stringify({ [url]: { "@": { authToken: "stale-token" } } }),
    };
    const files = { [user]: ours, [config]: "registry: https://bob:hunter22@other.example/\n" };
    const found = status(files, { env });
    expect(found.configured).toBe(false);
    expect(found.secret?.reveal()).toBe("stale-token");
    expect(found.shadowed_by.join("\n")).toMatch(
      /config\.yaml sets `registry` to https:\/\/other\.example\/,.*\nPNPM_CONFIG_REGISTRY .*\npnpm_config__auth sets another token/,
    );
    expect(found.shadowed_by.join()).not.toMatch(/hunter22|stale-token/);
  });

  it("reports a config.yaml that leads to another user file", () => {
    const files = { [user]: ours, [config]: "npmrcAuthFile: /etc/other\n" };
    expect(status(files).shadowed_by.join()).toContain("has pnpm read /etc/other instead");
    const env = { PNPM_CONFIG_NPMRC_AUTH_FILE: user };
    expect(status(files, { env }).shadowed_by).toEqual([]);
  });

  it("does not count a credential by reference in a project's file", () => {
    const files = { [user]: ours, [project]: `${base}:_authToken=\${OTHER}\n` };
    const found = status(files, { ...inProject, env: { OTHER: "another" } });
    expect([found.secret?.reveal(), found.shadowed_by]).toEqual([token, []]);
    const literal = status({ ...files, [project]: `${base}:_authToken=another\n` }, inProject);
    expect([literal.secret?.reveal(), literal.shadowed_by.length]).toEqual(["another", 1]);
  });

  it("does not mind a variable that is not JSON", () => {
    expect(status({ [user]: ours }, { env: { PNPM_CONFIG__AUTH: "{" } }).configured).toBe(true);
  });
});
