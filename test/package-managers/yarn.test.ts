import { describe, expect, it } from "vitest";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { yarn } from "../../src/package-managers/yarn.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/npm/npm/";
const base = "//acme.example/artifactory/api/npm/npm/";
const user = "/users/alice/.npmrc";
const yarnrc = "/users/alice/.yarnrc";
const project = "/users/alice/shop/.npmrc";
const inProject: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, username: "alice", secret: new Secret(token) };
const ours = `registry=${url}\n${base}:_authToken=${token}\n${base}:always-auth=true\n`;

function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return yarn.plan({ ...target, ...over }, place, textsOf(yarn, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return yarn.status(url, place, textsOf(yarn, place, files));
}

describe("what is written", () => {
  it("has yarn send the token for packages without a scope, and says that npm warns about it", () => {
    const draft = plan({});
    expect(written(draft)).toEqual({ [user]: ours });
    expect(draft.warnings.join()).toMatch(/`always-auth`.*npm 11 does not know/);
  });

  it("does without that for one scope", () => {
    const draft = plan({}, { npm_scope: "@acme" });
    expect(written(draft)).toEqual({ [user]: `@acme:registry=${url}\n${base}:_authToken=${token}\n` });
    expect(draft.warnings).toEqual([]);
  });

  it("puts a project's registry into the project and all else into the user's file", () => {
    expect(written(plan({}, {}, inProject))).toEqual({
      [project]: `registry=${url}\n`,
      [user]: `${base}:_authToken=${token}\n${base}:always-auth=true\n`,
    });
  });

  it("keeps a reference that the user has, and says what happens without its variable", () => {
    const draft = plan({ [user]: `${base}:_authToken=\${NPM_TOKEN}\n` });
    expect(draft.variable).toBe("NPM_TOKEN");
    expect(draft.warnings.join()).toContain("yarn 1 stops at every command");
  });
});

describe("which setting yarn 1 goes by", () => {
  const line = (name: string) => `registry=https://${name}.example/\n`;

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["rc", { [yarnrc]: 'registry "https://rc.example/"\n' }, {}],
    ["bare", { [yarnrc]: "# mine\nregistry https://bare.example/\n" }, {}],
    ["user", { [yarnrc]: 'registry "https://rc.example/"\n', [user]: line("user") }, {}],
    ["project", { [user]: line("user"), [project]: line("project") }, {}],
    ["variable", { [project]: line("project") }, { YARN_REGISTRY: "https://variable.example/" }],
    ["npm", {}, { YARN_REGISTRY: "https://variable.example/", npm_config_registry: "https://npm.example/" }],
  ])("%s", (name, files, env) => {
    expect(status(files, { ...inProject, env }).url).toBe(`https://${name}.example/`);
  });

  it("takes no registry of .yarnrc for a shadow of ours, and reports a variable", () => {
    const files = { [user]: ours, [yarnrc]: 'registry "https://rc.example/"\n' };
    expect(status(files).shadowed_by).toEqual([]);
    expect(status(files, { env: { YARN_REGISTRY: "https://ci.example/" } }).shadowed_by).toHaveLength(1);
  });

  it("takes no token from a variable, whose name it compares without regard to case", () => {
    const found = status({ [user]: ours }, { env: { [`npm_config_${base}:_authToken`]: "another" } });
    expect([found.secret?.reveal(), found.shadowed_by]).toEqual([token, []]);
  });

  it("does not look under parent paths", () => {
    expect(status({ [user]: `registry=${url}\n//acme.example/:_authToken=${token}\n` }).configured).toBe(
      false,
    );
  });

  it("warns where the token goes along with scoped packages alone", () => {
    const without = ours.replace(/.*always-auth.*\n/, "");
    expect(status({ [user]: without }).warnings.join()).toContain("only for packages with a scope");
    for (const more of [{ env: { YARN_ALWAYS_AUTH: "true" } }, { env: { npm_config_always_auth: "true" } }])
      expect(status({ [user]: without }, more).warnings).toEqual([]);
    expect(status({ [user]: `${without}always-auth=true\n` }).warnings).toEqual([]);
    expect(status({ [user]: without.replace("registry", "@acme:registry") }).warnings).toEqual([]);
  });
});
