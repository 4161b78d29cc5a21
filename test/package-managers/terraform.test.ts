import { describe, expect, it } from "vitest";
import { opentofu } from "../../src/package-managers/opentofu.ts";
import type { PackageManager, Place, Target } from "../../src/package-managers/package-manager.ts";
import { terraform } from "../../src/package-managers/terraform.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/terraform/terraform/providers/";
const file = "/users/alice/.terraformrc";
const loginFile = "/users/alice/.terraform.d/credentials.tfrc.json";
const netrcFile = "/users/alice/.netrc";
const credentials = `credentials "acme.example" {\n  token = "${token}"\n}\n`;
const mirror = `network_mirror { url = "${url}" }`;
const target: Target = { url, username: "alice", secret: new Secret(token) };

function plan(
  files: Record<string, string> = {},
  over: Partial<Target> = {},
  where: Partial<Place> = {},
  manager: PackageManager = terraform,
) {
  const place = placeOf(where);
  return manager.plan({ ...target, ...over }, place, textsOf(manager, place, files));
}

function status(files: Record<string, string>, env: Place["env"] = {}, manager: PackageManager = terraform) {
  const place = placeOf({ env });
  return manager.status(url, place, textsOf(manager, place, files));
}

describe("what terraform gets", () => {
  it("is the token, the mirror and, where that lacks the public providers, the way to them", () => {
    const draft = plan();
    expect(written(draft)).toEqual({
      [file]: `${credentials}\nprovider_installation {\n  ${mirror}\n  direct {}\n}\n`,
      [netrcFile]: `machine acme.example login alice password ${token}\n`,
    });
    expect(draft.warnings).toEqual([expect.stringMatching(/netrc/), expect.stringMatching(/exclude/)]);
  });

  it("is the mirror alone where it has the public providers, too", () => {
    expect(written(plan({}, { mirrors: true }))[file]).toBe(
      `${credentials}\nprovider_installation {\n  ${mirror}\n}\n`,
    );
  });

  it("names the host with its port, in the settings and in netrc", () => {
    const files = written(plan({}, { url: "https://acme.example:8443/p" }));
    expect(files[file]).toContain('credentials "acme.example:8443" {');
    expect(files[file]).toContain('network_mirror { url = "https://acme.example:8443/p/" }');
    expect(files[netrcFile]).toContain("machine acme.example:8443 ");
  });

  it("stands behind what the user has in the only block that may be", () => {
    const before = 'provider_installation {\n  dev_overrides {\n    "a/b" = "/src/b"\n  }\n  direct {}\n}\n';
    const draft = plan({ [file]: before }, { mirrors: true });
    expect(written(draft)[file]).toBe(`${before.replace("{}\n}", `{}\n  ${mirror}\n}`)}\n${credentials}`);
    expect(draft.warnings).toContainEqual(expect.stringMatching(/has `direct`/));
  });

  it("leaves a mirror alone that is the same, with what the user has put in it", () => {
    const before = `provider_installation {\n  network_mirror {\n    url     = "${url}"\n    include = ["a.example/*/*"]\n  }\n}\n`;
    expect(written(plan({ [file]: before }))[file]).toBe(`${before}\n${credentials}`);
  });

  it("is written where `terraform login` has a token for the host, because that outranks the settings", () => {
    const login = '{\n  "credentials": {\n    "acme.example": {\n      "token": "old"\n    }\n  }\n}\n';
    const files = written(plan({ [loginFile]: login }, { mirrors: true }));
    expect(files[loginFile]).toBe(login.replace("old", token));
    expect(files[file]).not.toContain(token);
    const other = login.replace("acme", "other");
    expect(written(plan({ [loginFile]: other }))).not.toHaveProperty(loginFile);
  });

  it.each<[string, string]>([
    ["two blocks", "provider_installation {\n}\nprovider_installation {\n}\n"],
    ["an =", "provider_installation = {\n}\n"],
    ["all credentials in one", 'credentials { "acme.example" { token = "x" } }\n'],
    ["all credentials in one value", 'credentials = { "acme.example" = { token = "x" } }\n'],
  ])("is refused for settings with %s", (_, text) => {
    expect(refusalOf(() => plan({ [file]: text }))).toBe("conflict");
  });

  it.each<[string, () => unknown]>([
    ["http", () => plan({}, { url: "http://127.0.0.1:8080/p/" })],
    ["the style reference", () => plan({}, { style: "reference" })],
    ["a project", () => plan({}, {}, { scope: "project", project_dir: "/projects/app" })],
  ])("is unsupported with %s", (_, action) => expect(refusalOf(action)).toBe("unsupported"));

  it("is refused for a token that HCL would take for a template, and for a relative TF_CLI_CONFIG_FILE", () => {
    expect(refusalOf(() => plan({}, { secret: new Secret(`\${file("x")}`) }))).toBe("invalid_input");
    expect(refusalOf(() => plan({}, {}, { env: { TF_CLI_CONFIG_FILE: "x" } }))).toBe("invalid_input");
  });

  it("is refused where netrc belongs to another user", () => {
    const text = "machine acme.example login bob password keep-me\n";
    expect(refusalOf(() => plan({ [netrcFile]: text }))).toBe("conflict");
  });
});

describe("where it goes", () => {
  const windows: Partial<Place> = { platform: "win32", home: "C:\\Users\\al", env: { APPDATA: "C:\\R" } };
  const xdg: Partial<Place> = { env: { XDG_CONFIG_HOME: "/xdg" } };
  const tofu = "/users/alice/.tofurc";
  it.each<[PackageManager, string, Partial<Place>, Record<string, string>, string]>([
    [terraform, "its own file", xdg, {}, file],
    [terraform, "Windows", windows, {}, "C:\\R\\terraform.rc"],
    [terraform, "TF_CLI_CONFIG_FILE", { env: { TF_CLI_CONFIG_FILE: "/ci/tfrc" } }, {}, "/ci/tfrc"],
    [opentofu, "its own file", {}, {}, tofu],
    [opentofu, "its own file before terraform's", xdg, { [tofu]: "", [file]: "" }, tofu],
    [opentofu, "terraform's where there is no other", xdg, { [file]: "" }, file],
    [opentofu, "XDG where there is none", xdg, {}, "/xdg/opentofu/tofurc"],
    [opentofu, "Windows", windows, {}, "C:\\R\\tofu.rc"],
    [opentofu, "Windows, terraform's", windows, { "C:\\R\\terraform.rc": "" }, "C:\\R\\terraform.rc"],
  ])("$id: %s", (manager, _, where, files, to) => {
    expect(Object.keys(written(plan(files, {}, where, manager)))[0]).toBe(to);
  });

  it("reads no other file beside TF_CLI_CONFIG_FILE", () => {
    const place = placeOf({ env: { TF_CLI_CONFIG_FILE: "/ci/tfrc" } });
    expect(terraform.files(place)).toEqual(["/ci/tfrc", netrcFile]);
  });

  it("gets no netrc for OpenTofu, which does not look there, and says so", () => {
    const draft = plan({}, {}, {}, opentofu);
    expect(Object.keys(written(draft))).toEqual([tofu]);
    expect(draft.warnings[0]).toMatch(/none for their archives/);
  });
});

describe("status", () => {
  const netrc = `machine acme.example login alice password ${token}\n`;
  const files = { [file]: `${credentials}provider_installation { ${mirror} }\n`, [netrcFile]: netrc };
  const login = (value: string) => JSON.stringify({ credentials: { "acme.example": { token: value } } });

  it("finds what is set up", () => {
    expect(status(files)).toEqual({
      configured: true,
      url,
      username: "alice",
      secret: new Secret(token),
      where: file,
      shadowed_by: [],
      warnings: [],
    });
    expect(status({ [file]: credentials }).configured).toBe(false);
    expect(status({ [file]: `provider_installation { ${mirror} }` }).configured).toBe(false);
  });

  it("finds the token that is sent: of a variable, of `terraform login`, of the settings", () => {
    const found = (env: Place["env"], more = {}) => {
      const { secret, where, shadowed_by } = status({ ...files, ...more }, env);
      return [secret?.reveal(), where, shadowed_by.length];
    };
    expect(found({ TF_TOKEN_acme_example: "of-env", TF_TOKEN_other_example: "x" })).toEqual([
      "of-env",
      "TF_TOKEN_acme_example",
      1,
    ]);
    expect(found({ TF_TOKEN_ACME_example: token })).toEqual([token, "TF_TOKEN_ACME_example", 0]);
    expect(found({}, { [loginFile]: login("of-login") })).toEqual(["of-login", loginFile, 0]);
    expect(found({})).toEqual([token, file, 0]);
  });

  it("spells a dash in a variable with two underscores", () => {
    const place = placeOf({ env: { TF_TOKEN_my__acme_example: "abc" } });
    expect(
      terraform.status("https://my-acme.example/p/", place, textsOf(terraform, place)).secret?.reveal(),
    ).toBe("abc");
  });

  it.each<[string, RegExp]>([
    ["", /no password for acme\.example/],
    ["machine acme.example login alice password other\n", /another password for acme\.example/],
  ])("tells when the archives will be refused: %j", (text, words) => {
    expect(status({ ...files, [netrcFile]: text }).warnings).toEqual([expect.stringMatching(words)]);
  });

  it("tells what terraform stops at, and a mirror that is not asked", () => {
    const twice = { ...files, [file]: `${files[file]}provider_installation {}\n` };
    expect(status(twice).shadowed_by).toEqual([expect.stringMatching(/too many/)]);
    expect(status(files, { TF_CLI_ARGS_init: "-plugin-dir=/p" }).shadowed_by).toEqual([
      expect.stringMatching(/TF_CLI_ARGS_init/),
    ]);
  });

  it("names the mirror that is there instead", () => {
    const other = 'provider_installation { network_mirror { url = "https://u:pw123456@b.example/" } }';
    expect(status({ [file]: other })).toMatchObject({ configured: false, url: "https://b.example/" });
  });

  it("tells for OpenTofu that it reads terraform's file", () => {
    expect(status({ [file]: files[file] }, {}, opentofu).warnings).toEqual([
      expect.stringMatching(/no file of its own/),
    ]);
    expect(status({ "/users/alice/.tofurc": files[file] }, {}, opentofu)).toMatchObject({
      configured: true,
      warnings: [],
    });
  });
});
