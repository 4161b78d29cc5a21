import { describe, expect, it } from "vitest";
import { cargo } from "../../src/package-managers/cargo.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/cargo/cargo/index/";
const userFile = "/users/alice/.cargo/config.toml";
const credentials = "/users/alice/.cargo/credentials.toml";
const store = "/users/alice/.local/share/fly-tokens/credentials.json";
const projectFile = "/users/alice/shop/.cargo/config.toml";
const project: Partial<Place> = { scope: "project", project_dir: "/users/alice/shop" };
const target: Target = { url, username: "alice", secret: new Secret(token) };

const index = `[registries.fly]\nindex = "sparse+${url}"\n`;
const provider = 'credential-provider = ["cargo:token"]\n';
const login = `[registries.fly]\ntoken = "Bearer ${token}"\n`;

function plan(files: Record<string, string>, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return cargo.plan({ ...target, ...over }, place, textsOf(cargo, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return cargo.status(url, place, textsOf(cargo, place, files));
}

describe("what is written", () => {
  it("makes the registry with a provider, and the header that cargo sends as it stands", () => {
    expect(written(plan({}))).toEqual({ [userFile]: index + provider, [credentials]: login });
  });

  it("leaves a value alone that means the same", () => {
    const before = `registries.fly = { index = 'sparse+${url}', credential-provider = "cargo:token" }\n`;
    expect(plan({ [userFile]: before, [credentials]: login.replaceAll('"', "'") }).changes).toEqual([]);
  });

  it("leaves registry.default alone, in which cargo would look for every crate", () => {
    expect(written(plan({}))[userFile]).not.toContain("default");
    const before = '[registry]\ndefault = "other"\n';
    expect(written(plan({ [userFile]: before }))[userFile]).toBe(`${before}\n${index}${provider}`);
  });

  it("takes the place of the public one only for a registry that has its crates, and of nothing else", () => {
    const mirrors = { mirrors: true };
    expect(written(plan({}, mirrors))[userFile]).toBe(
      `${index}${provider}\n[source.crates-io]\nreplace-with = "fly"\n`,
    );
    const vendored = '[source.crates-io]\nreplace-with = "vendored"\n';
    const draft = plan({ [userFile]: vendored }, mirrors);
    expect(written(draft)[userFile]).toBe(`${vendored}\n${index}${provider}`);
    expect(draft.warnings.join()).toContain("replaces Cargo's public registry by another source already");
    expect(written(plan({}, { ...mirrors, style: "reference" }))[userFile]).toBe(index + provider);
  });

  it("uses the name under which the user has this index, because cargo refuses two", () => {
    const before = `[registries.acme]\nindex = "sparse+${url}"\n\n[registries.fly]\nindex = "sparse+https://x.example/"\n`;
    expect(written(plan({ [userFile]: before }))).toEqual({
      [userFile]: before.replace(`${url}"\n`, `${url}"\n${provider}`),
      [credentials]: login.replace("fly", "acme"),
    });
  });

  it("replaces another provider, and of an index of our name the URL alone", () => {
    const before =
      '[registries.fly]\nindex = "sparse+https://former.example/"\nprotocol = "sparse"\ncredential-provider = "cargo:libsecret"\n';
    expect(written(plan({ [userFile]: before }))[userFile]).toBe(
      before.replace("https://former.example/", url).replace('"cargo:libsecret"', '["cargo:token"]'),
    );
  });

  it("goes by the files of the older names where they exist, as cargo does", () => {
    const old = { "/users/alice/.cargo/config": "", "/users/alice/.cargo/credentials": "" };
    expect(written(plan({ ...old, [userFile]: "x = 1\n" }))).toEqual({
      "/users/alice/.cargo/config": index + provider,
      "/users/alice/.cargo/credentials": login,
    });
    expect(status({ ...old, [userFile]: "x = 1\n" }).warnings.join()).toContain(`does not read ${userFile}`);
  });

  it("goes by CARGO_HOME, and refuses one that is relative", () => {
    expect(Object.keys(written(plan({}, {}, { env: { CARGO_HOME: "/opt/cargo" } })))).toEqual([
      "/opt/cargo/config.toml",
      "/opt/cargo/credentials.toml",
    ]);
    expect(refusalOf(() => cargo.files(placeOf({ env: { CARGO_HOME: "cargo" } })))).toBe("invalid_input");
    const place = placeOf({ platform: "win32", home: "C:\\Users\\alice" });
    expect(cargo.files(place)).toContain("C:\\Users\\alice\\.cargo\\credentials.toml");
  });

  it("puts a project's registry into the project, and who has the token into the user's files", () => {
    expect(written(plan({}, {}, project))).toEqual({
      [projectFile]: index,
      [userFile]: `[registries.fly]\n${provider}`,
      [credentials]: login,
    });
  });

  it("gives the project's token to no other index that the user has under the same name", () => {
    const before = '[registries.fly]\nindex = "sparse+https://former.example/"\n';
    expect(written(plan({ [userFile]: before }, {}, project))[userFile]).toBe(index + provider);
  });
});

describe("the helper and the variable", () => {
  const program = `"/opt/node", "/opt/fly-tokens/main.js", "credential-helper", "cargo", "--store", "${store}"`;
  const helper = `credential-provider = ["cargo:token-from-stdout", ${program}, "${url}"]
`;

  it("the helper's program has the token, and no file of cargo's keeps one", () => {
    const before = { [userFile]: `${index}token = "Bearer old"\n`, [credentials]: login };
    const after = written(plan(before, { style: "helper" }));
    expect(after[userFile]).toBe(index + helper);
    expect(after[credentials]).toBe("");
    expect(JSON.parse(after[store] ?? "")).toEqual({ credentials: { [url]: { username: "alice", token } } });
  });

  it("stays with the helper, and finds what it would say", () => {
    const files = {
      [userFile]: index + helper,
      [store]: `{"credentials":{"${url}":{"username":"alice","token":"t"}}}`,
    };
    expect(Object.keys(written(plan(files)))).toEqual([store]);
    const found = status(files);
    expect(found).toMatchObject({ configured: true, username: "alice", where: store, shadowed_by: [] });
    expect(found.secret?.reveal()).toBe("t");
  });

  it("leaves no token with the helper that is asked no more", () => {
    const files = {
      [userFile]: index + helper,
      [store]: `{"credentials":{"${url}":{"username":"alice","token":"t"},"x":{}}}`,
    };
    expect(written(plan(files, { style: "value" }))).toEqual({
      [userFile]: index + provider,
      [store]: '{"credentials":{"x":{}}}',
      [credentials]: login,
    });
  });

  it("by reference the token is in cargo's own variable, with its scheme", () => {
    const draft = plan({ [credentials]: login }, { style: "reference" });
    expect(draft.variable).toBe("CARGO_REGISTRIES_FLY_TOKEN");
    expect(draft.warnings.join()).toContain("`Bearer `");
    expect(written(draft)).toEqual({ [userFile]: index + provider, [credentials]: "" });
    const files = { [userFile]: index + provider };
    expect(status(files)).toMatchObject({
      configured: false,
      where: "CARGO_REGISTRIES_FLY_TOKEN",
      warnings: [expect.stringContaining("CARGO_REGISTRIES_FLY_TOKEN is not set here")],
    });
    const env = { CARGO_REGISTRIES_FLY_TOKEN: `Bearer ${token}` };
    expect(status(files, { env })).toMatchObject({ configured: true, shadowed_by: [] });
  });
});

describe("what the client would do", () => {
  const files = { [userFile]: index + provider, [credentials]: login };

  it("finds registry, token and file", () => {
    const found = status(files);
    expect(found).toMatchObject({ configured: true, url, where: credentials, shadowed_by: [], warnings: [] });
    expect(found.secret?.reveal()).toBe(token);
  });

  it("prefers the credentials file to a token in any configuration file", () => {
    const found = status({ ...files, [projectFile]: '[registries.fly]\ntoken = "Bearer other"\n' }, project);
    expect(found.secret?.reveal()).toBe(token);
    expect(found.shadowed_by).toEqual([]);
  });

  it.each([
    ["CARGO_REGISTRIES_FLY_TOKEN", "Bearer other", "another token"],
    ["CARGO_REGISTRIES_FLY_INDEX", "sparse+https://other.example/", "another index"],
    ["CARGO_REGISTRIES_FLY_CREDENTIAL_PROVIDER", "cargo:libsecret", "another credential-provider"],
  ])("tells that %s outranks the files, without its value", (name, value, what) => {
    const { shadowed_by } = status(files, { env: { [name]: value } });
    expect(shadowed_by).toHaveLength(1);
    expect(shadowed_by[0]).toContain(`${name} sets ${what}`);
    expect(shadowed_by[0]).not.toContain(value);
  });

  it("tells what a project, and a folder around it, set above the user's file", () => {
    const where: Partial<Place> = { scope: "project", project_dir: "/projects/app/part" };
    const around = "/projects/.cargo/config.toml";
    const own = { ...files, "/projects/app/part/.cargo/config.toml": index };
    const other = { [around]: '[registries.fly]\ncredential-provider = ["cargo:libsecret"]\n' };
    expect(status({ ...own, ...other }, where)).toMatchObject({
      configured: false,
      shadowed_by: [expect.stringContaining(`${around} sets another credential-provider`)],
    });
    expect(status({ ...own, [around]: index.replace("acme", "other") }, where)).toMatchObject({
      configured: true,
      shadowed_by: [],
    });
  });

  it("knows a token that lacks its scheme, a registry without a provider, and two names for one index", () => {
    const bare = status({ ...files, [credentials]: login.replace("Bearer ", "") });
    expect(bare).toMatchObject({ configured: false, warnings: [expect.stringContaining("Bearer")] });
    expect(JSON.stringify(bare)).not.toContain(token);
    const none = status({ ...files, [userFile]: index });
    expect(none).toMatchObject({
      configured: false,
      warnings: [expect.stringContaining("no credential-provider")],
    });
    const global = `[registry]\nglobal-credential-providers = ["cargo:libsecret", "cargo:token"]\n`;
    expect(status({ ...files, [userFile]: `${index}\n${global}` }).configured).toBe(true);
    const twice = status({ ...files, [userFile]: `${index}${provider}${index.replace("fly", "acme")}` });
    expect(twice).toMatchObject({ configured: false, warnings: [expect.stringContaining("fly, acme")] });
  });

  it("takes a provider of the user's own for one that has a token", () => {
    const found = status({ [userFile]: `${index}credential-provider = "cargo:libsecret"\n` });
    expect(found).toMatchObject({ configured: true, shadowed_by: [] });
    expect(found.secret).toBeUndefined();
  });

  it("says nothing is configured on a machine where nothing is", () => {
    expect(status({})).toMatchObject({ configured: false, url: undefined, shadowed_by: [], warnings: [] });
  });
});

describe("verification", () => {
  const verify = (response: Response) => {
    const asked: [unknown, RequestInit | undefined][] = [];
    const answer = cargo.verify(target, async (input, init) => {
      asked.push([input, init]);
      return response;
    });
    return answer.then((verified) => ({ verified, asked }));
  };

  it("asks for the index's config.json with the token", async () => {
    const { verified, asked } = await verify(
      Response.json({ dl: "https://acme.example/dl", "auth-required": true }),
    );
    expect(verified).toEqual({ ok: true, status: 200, request: `GET ${url}config.json` });
    expect(asked[0]?.[1]?.headers).toMatchObject({ authorization: `Bearer ${token}` });
  });

  it.each([
    ["a page for people", () => new Response("<html>"), "not the config.json"],
    ["an answer without dl", () => Response.json({ api: "x" }), "not the config.json"],
    ["401", () => new Response(null, { status: 401 }), "does not know this token"],
    ["404", () => new Response(null, { status: 404 }), "nothing is served"],
  ])("is not content with %s", async (_what, response, cause) => {
    const { verified } = await verify(response());
    expect(verified).toMatchObject({ ok: false, cause: expect.stringContaining(cause) });
  });
});
