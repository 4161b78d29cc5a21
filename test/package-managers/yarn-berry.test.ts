import { describe, expect, it } from "vitest";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { yarnBerry } from "../../src/package-managers/yarn-berry.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/npm/npm/";
const name = "//acme.example/artifactory/api/npm/npm";
const home = "/users/alice/.yarnrc.yml";
const project = "/users/alice/shop/.yarnrc.yml";
const inProject: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return yarnBerry.plan({ ...target, ...over }, place, textsOf(yarnBerry, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return yarnBerry.status(url, place, textsOf(yarnBerry, place, files));
}

const entry = (key: string, value: string, setting = "npmAuthToken") =>
  `npmRegistries:\n  "${key}":\n    npmAlwaysAuth: true\n    ${setting}: "${value}"\n`;
const server = `npmRegistryServer: "${url}"\n`;
const ours = `${server}${entry(name, token)}`;

describe("what is written", () => {
  it("names the registry and its token", () => {
    expect(written(plan({}))).toEqual({ [home]: ours });
  });

  it("goes into the entry that is there, however it is spelled", () => {
    for (const key of [name, `${name}/`, url, url.slice(0, -1)])
      expect(written(plan({ [home]: entry(key, "stale") }))[home]).toBe(`${entry(key, token)}${server}`);
  });

  it("puts a project's registry into the project, and everything else into the home folder", () => {
    expect(written(plan({}, {}, inProject))).toEqual({ [project]: server, [home]: entry(name, token) });
    const env = { YARN_RC_FILENAME: ".other.yml" };
    expect(Object.keys(written(plan({}, {}, { ...inProject, env })))).toEqual([
      "/users/alice/shop/.other.yml",
      home,
    ]);
  });

  it("writes for one scope alone", () => {
    expect(written(plan({}, { npm_scope: "@acme" }))[home]).toBe(
      `npmScopes:\n  acme:\n    npmRegistryServer: "${url}"\n${entry(name, token)}`,
    );
  });

  it("adds this machine to the hosts that http is for, and only then", () => {
    const local = { url: "http://127.0.0.1:7411/npm/" };
    expect(written(plan({}, local))[home]).toMatch(/unsafeHttpWhitelist:\n *- "127\.0\.0\.1"\n$/);
    const theirs = { [home]: "unsafeHttpWhitelist:\n  - other.example\n  - 127.0.0.1\n" };
    expect(written(plan(theirs, local))[home]?.match(/127\.0\.0\.1\n/g)).toHaveLength(1);
    expect(written(plan({}))[home]).not.toContain("unsafeHttp");
  });

  it("writes a reference that does not stop yarn where its variable is not set, and keeps one of the user's", () => {
    const draft = plan({}, { style: "reference" });
    expect(written(draft)[home]).toContain('npmAuthToken: "${FLY_TOKEN-}"');
    expect([draft.variable, draft.warnings.length]).toEqual(["FLY_TOKEN", 1]);
    const theirs = `${server}${entry(name, "${NPM_TOKEN:-}")}`;
    expect([plan({ [home]: theirs }).changes, plan({ [home]: theirs }).variable]).toEqual([[], "NPM_TOKEN"]);
    expect(written(plan({ [home]: theirs }, { style: "value" }))[home]).toBe(ours);
  });
});

describe("which setting yarn goes by", () => {
  const registry = (host: string) => `npmRegistryServer: https://${host}.example/\n`;

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["home", { [home]: registry("home") }, { npm_config_registry: "https://no.example/" }],
    ["project", { [home]: registry("home"), [project]: registry("project") }, {}],
    ["env", { [project]: registry("project") }, { YARN_NPM_REGISTRY_SERVER: "https://env.example/" }],
  ])("%s", (host, files, env) => {
    const found = status(files, { ...inProject, env });
    expect(found.url).toBe(`https://${host}.example/`);
  });

  it("reports a project's registry and token, and variables", () => {
    const files = { [home]: ours, [project]: `${registry("other")}${entry(`${name}/`, "stale-token")}` };
    const env = { YARN_NPM_REGISTRY_SERVER: "https://ci.example/" };
    const found = status(files, { project_dir: "/users/alice/shop", env });
    expect([found.configured, found.secret?.reveal(), found.shadowed_by.length]).toEqual([
      false,
      "stale-token",
      3,
    ]);
    expect(found.shadowed_by.join()).not.toContain("stale-token");
  });

  it("finds the registry of a scope, in block and in flow style", () => {
    for (const scopes of [
      `npmScopes:\n  other:\n    npmRegistryServer: https://other.example/\n  acme:\n    npmRegistryServer: ${url}\n`,
      `npmScopes: { acme: { npmRegistryServer: "${url}" } }\n`,
    ]) {
      const found = status({ [home]: `${scopes}${entry(name, token)}` });
      expect([found.configured, found.url]).toEqual([true, url]);
    }
  });

  it("reads a login, a token for every registry, and a reference with its fallback", () => {
    const ident = status({ [home]: `${server}${entry(name, `bob:${token}`, "npmAuthIdent")}` });
    expect([ident.username, ident.secret?.reveal()]).toEqual(["bob", token]);
    const general = `${server}npmAuthToken: general-token\nnpmAlwaysAuth: true\n`;
    expect(status({ [home]: general }).secret?.reveal()).toBe("general-token");
    expect(status({ [home]: `${general}${entry(name, token)}` }).secret?.reveal()).toBe(token);
    const env = { YARN_NPM_AUTH_TOKEN: "from-variable" };
    expect(status({ [home]: general }, { env }).secret?.reveal()).toBe("from-variable");
    expect(status({ [home]: ours }, { env }).secret?.reveal()).toBe(token);
    const unset = status({ [home]: `${server}${entry(name, "${FLY_TOKEN-}")}` });
    expect([unset.configured, unset.where]).toEqual([false, "FLY_TOKEN"]);
    expect(unset.warnings.join()).toContain("yarn sends nothing");
  });

  it("warns where the token goes with scoped packages alone, or uploads go elsewhere", () => {
    const found = status({
      [home]: `${ours.replace(/.*npmAlwaysAuth.*\n/, "")}npmPublishRegistry: https://other.example/\n`,
    });
    expect(found.warnings.join("\n")).toMatch(/only for packages with a scope.*\n.*`npmPublishRegistry`/);
  });

  it("reports a variable by which yarn refuses http to this machine", () => {
    const place = placeOf({ env: { YARN_UNSAFE_HTTP_WHITELIST: "other.example" } });
    const found = yarnBerry.status("http://127.0.0.1:7411/npm/", place, textsOf(yarnBerry, place));
    expect(found.shadowed_by.join()).toContain("refuse http to 127.0.0.1");
  });
});
