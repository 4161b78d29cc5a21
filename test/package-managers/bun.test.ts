import { describe, expect, it } from "vitest";
import { bun } from "../../src/package-managers/bun.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/npm/npm/";
const base = "//acme.example/artifactory/api/npm/npm/";
const user = "/users/alice/.npmrc";
const bunfig = "/users/alice/.bunfig.toml";
const project = "/users/alice/shop/.npmrc";
const projectBunfig = "/users/alice/shop/bunfig.toml";
const inProject: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, username: "alice", secret: new Secret(token) };
const ours = `registry=${url}\n${base}:_authToken=${token}\n`;

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return bun.status(url, place, textsOf(bun, place, files));
}

describe("what is written", () => {
  it("goes to npm's file; bun's own stays as it is", () => {
    const place = placeOf();
    const texts = textsOf(bun, place, { [bunfig]: "[install]\nexact = true\n" });
    expect(written(bun.plan(target, place, texts))).toEqual({ [user]: ours });
  });

  it("looks for the user's bunfig where XDG_CONFIG_HOME says, and then nowhere else", () => {
    const files = bun.files(placeOf({ env: { XDG_CONFIG_HOME: "/users/alice/.config" } }));
    expect(files).toEqual([user, "/users/alice/.config/.bunfig.toml"]);
    expect(refusalOf(() => bun.files(placeOf({ scope: "project" })))).toBe("invalid_input");
  });
});

describe("which setting bun goes by", () => {
  const line = (name: string) => `registry=https://${name}.example/\n`;
  const toml = (name: string) => `[install]\nregistry = "https://${name}.example/"\n`;

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["user", { [user]: line("user") }, {}],
    ["project", { [user]: line("user"), [project]: line("project") }, {}],
    ["fig", { [project]: line("project"), [bunfig]: toml("fig") }, {}],
    ["between", { [bunfig]: '[install]\nregistry = { url = "https://between.example/" }\n' }, {}],
    ["header", { [bunfig]: '[install.registry]\nurl = "https://header.example/"\n' }, {}],
    ["own", { [bunfig]: toml("fig"), [projectBunfig]: toml("own") }, {}],
    ["env", { [projectBunfig]: toml("own") }, { npm_config_registry: "https://env.example/" }],
    [
      "upper",
      {},
      { npm_config_registry: "https://no.example/", NPM_CONFIG_REGISTRY: "https://upper.example/" },
    ],
    ["bun", {}, { NPM_CONFIG_REGISTRY: "https://no.example/", BUN_CONFIG_REGISTRY: "https://bun.example/" }],
  ])("%s", (name, files, env) => {
    expect(status(files, { ...inProject, env }).url).toBe(`https://${name}.example/`);
  });

  it("reports another registry and another token in a bunfig or a variable", () => {
    const other = status({ [user]: ours, [bunfig]: toml("other") });
    expect([other.configured, other.shadowed_by]).toEqual([
      false,
      [`${bunfig} sets \`registry\` to https://other.example/, and outranks the user configuration.`],
    ]);
    const withToken = `[install]\nregistry = { url = "${url}", token = "$STALE" }\n`;
    const stale = status({ [user]: ours, [bunfig]: withToken }, { env: { STALE: "stale-token" } });
    expect([stale.secret?.reveal(), stale.shadowed_by.length]).toEqual(["stale-token", 1]);
    const env = { BUN_CONFIG_TOKEN: "stale-token" };
    expect(status({ [user]: ours }, { env }).shadowed_by.join()).toMatch(
      /^BUN_CONFIG_TOKEN sets another token/,
    );
  });

  it("takes ours where a bunfig names the same registry, with a token that is not set", () => {
    for (const registry of [`"${url}"`, `{ url = "${url}", token = "$UNSET" }`]) {
      const found = status({ [user]: ours, [bunfig]: `[install]\nregistry = ${registry}\n` });
      expect([found.configured, found.secret?.reveal(), found.shadowed_by]).toEqual([true, token, []]);
    }
  });

  it("reports a bunfig that has another registry for the scope that is ours", () => {
    const files = { [user]: ours.replace("registry", "@acme:registry") };
    for (const name of ["acme", '"@acme"']) {
      const scopes = `[install.scopes]\n${name} = "https://other.example/"\n`;
      const found = status({ ...files, [bunfig]: scopes });
      expect([found.configured, found.shadowed_by.length]).toEqual([false, 1]);
    }
  });
});
