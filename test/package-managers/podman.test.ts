import { describe, expect, it } from "vitest";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { podman } from "../../src/package-managers/podman.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const host = "acme.example";
const file = "/users/alice/.config/containers/auth.json";
const runtime = "/run/user/1000/containers/auth.json";
const dockers = "/users/alice/.docker/config.json";
const registries = "/users/alice/.config/containers/registries.conf";
const dropIn = "/users/alice/.config/containers/registries.conf.d/fly-tokens.conf";
const env = { XDG_RUNTIME_DIR: "/run/user/1000" };
const auth = (login = `alice:${token}`) => Buffer.from(login).toString("base64");
const target: Target = { url: host, path: "docker", username: "alice", secret: new Secret(token) };

const entry = (key: string, login?: string) => JSON.stringify({ auths: { [key]: { auth: auth(login) } } });

function plan(files: Record<string, string> = {}, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf({ env, ...where });
  return podman.plan({ ...target, ...over }, place, textsOf(podman, place, files));
}

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf({ env, ...where });
  return podman.status(host, place, textsOf(podman, place, files));
}

describe("where a login is written", () => {
  const fileOf = (where: Partial<Place>) => Object.keys(written(plan({}, {}, where)))[0];

  it.each<[string, Partial<Place>, string]>([
    ["to the file that lasts, not to the one in memory", {}, file],
    ["where REGISTRY_AUTH_FILE says", { env: { ...env, REGISTRY_AUTH_FILE: "/etc/x.json" } }, "/etc/x.json"],
    ["where DOCKER_CONFIG says, as podman does", { env: { ...env, DOCKER_CONFIG: "/d" } }, "/d/config.json"],
    [
      "where REGISTRY_AUTH_FILE says rather than DOCKER_CONFIG",
      { env: { DOCKER_CONFIG: "/d", REGISTRY_AUTH_FILE: "/x.json" } },
      "/x.json",
    ],
    ["below XDG_CONFIG_HOME", { env: { ...env, XDG_CONFIG_HOME: "/xdg" } }, "/xdg/containers/auth.json"],
    [
      "in .config on a Mac, whatever XDG_CONFIG_HOME is",
      { platform: "darwin", env: { XDG_CONFIG_HOME: "/xdg" } },
      file,
    ],
    [
      "in .config on Windows",
      { platform: "win32", home: "C:\\Users\\al", env: {} },
      "C:\\Users\\al\\.config\\containers\\auth.json",
    ],
  ])("%s", (_, where, path) => {
    expect(fileOf(where)).toBe(path);
  });

  it("reads the file of the user's number where there is no XDG_RUNTIME_DIR", () => {
    expect(podman.files(placeOf())).toContain(`/run/containers/${process.getuid?.()}/auth.json`);
  });

  it.each(["REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"])(
    "refuses a relative %s, and a project",
    (name) => {
      expect(refusalOf(() => podman.files(placeOf({ env: { [name]: "here" } })))).toBe("invalid_input");
      const project = placeOf({ scope: "project", project_dir: "/projects/app" });
      expect(refusalOf(() => podman.files(project))).toBe("unsupported");
    },
  );

  it("keeps other hosts, parts of this host and helpers (a login never wipes what others have there)", () => {
    const before = {
      auths: { "other.example": { auth: auth("bob:x") }, [`${host}/team`]: { auth: auth("team:y") } },
      credHelpers: { "third.example": "gcloud" },
    };
    const after = JSON.parse(written(plan({ [file]: JSON.stringify(before) }))[file] ?? "");
    expect(after).toEqual({ ...before, auths: { ...before.auths, [host]: { auth: auth() } } });
  });

  it("drops an identity token, with which the client would not ask for the password at all", () => {
    const before = { auths: { [host]: { auth: auth("a:old-token"), identitytoken: "x" } } };
    expect(JSON.parse(written(plan({ [file]: JSON.stringify(before) }))[file] ?? "")).toEqual({
      auths: { [host]: { auth: auth() } },
    });
  });

  it("does not ask the helper of credsStore, which these clients do not know", () => {
    expect(JSON.parse(written(plan({ [file]: '{"credsStore":"desktop"}' }))[file] ?? "")).toMatchObject({
      auths: { [host]: { auth: auth() } },
    });
  });
});

describe("plain http", () => {
  it.each(["127.0.0.1:7411", "localhost:5000", "[::1]:5000"])(
    "is allowed for %s, in a file of ours",
    (url) => {
      expect(written(plan({}, { url }))[dropIn]).toBe(`[[registry]]\nlocation = "${url}"\ninsecure = true\n`);
    },
  );

  it("is not allowed for any other host, on a Mac, or where the user has settings for that host", () => {
    expect(written(plan())[dropIn]).toBeUndefined();
    const url = "127.0.0.1:7411";
    expect(written(plan({}, { url }, { platform: "darwin" }))[dropIn]).toBeUndefined();
    const own = `[[registry]]\nprefix = "${url}"\nlocation = "mirror.example"\n`;
    expect(written(plan({ [registries]: own }, { url }))[dropIn]).toBeUndefined();
  });
});

describe("what podman would come with", () => {
  it("is the login of the first file that has one", () => {
    const all: Record<string, string> = {
      [runtime]: entry(host, "r:r-token"),
      [file]: entry(host, "f:f-token"),
      [dockers]: entry(host, "d:d-token"),
    };
    for (const path of [runtime, file, dockers]) {
      expect(status(all)).toMatchObject({
        configured: true,
        where: path,
        username: path === runtime ? "r" : path === file ? "f" : "d",
      });
      delete all[path];
    }
    expect(status(all)).toMatchObject({ configured: false, shadowed_by: [] });
  });

  it("is in docker's file under DOCKER_CONFIG alone, while skopeo prefers the others", () => {
    const place = { env: { ...env, DOCKER_CONFIG: "/users/alice/.docker" } };
    const found = status({ [file]: entry(host, "f:f-token"), [dockers]: entry(host) }, place);
    expect([found.where, found.username]).toEqual([dockers, "alice"]);
    expect(found.shadowed_by).toEqual([
      expect.stringMatching(
        /^\/users\/alice\/\.config\/containers\/auth\.json has another login .* skopeo prefer/,
      ),
    ]);
  });

  it("is outranked by another login in the runtime file, and not by the same one", () => {
    const other = status({ [runtime]: entry(host, "old:old-token"), [file]: entry(host) });
    expect(other.shadowed_by.join()).toMatch(/^\/run\/user\/1000\/containers\/auth\.json .*podman logout/);
    expect(status({ [runtime]: entry(host), [file]: entry(host) }).shadowed_by).toEqual([]);
    const plans = plan({ [runtime]: entry(host, "old:old-token") });
    expect(plans.warnings.join()).toMatch(/has another login/);
    expect(written(plans)[runtime]).toBeUndefined();
  });

  it("is outranked below a path that has a login of its own", () => {
    const text = JSON.stringify({
      auths: { [host]: { auth: auth() }, [`${host}/docker`]: { auth: auth("t:u") } },
    });
    expect(status({ [file]: text }).shadowed_by).toEqual([expect.stringContaining(`for ${host}/docker,`)]);
    expect(status({ [file]: entry(`${host}/docker`) }).configured).toBe(false);
  });

  it("is found under a URL of the host, as the clients find it", () => {
    expect(status({ [file]: entry(`https://${host}/v1/`) })).toMatchObject({
      configured: true,
      username: "alice",
    });
  });

  it("is nothing where credential-helpers leave out the files, and then nothing is planned", () => {
    const conf = { [registries]: 'credential-helpers = [\n  "secretservice", # mine\n]\n' };
    expect(status({ ...conf, [file]: entry(host) })).toMatchObject({
      configured: false,
      shadowed_by: [expect.stringContaining("containers-auth.json")],
    });
    expect(refusalOf(() => plan(conf))).toBe("conflict");
    const both = { [registries]: 'credential-helpers = ["secretservice", "containers-auth.json"]' };
    expect(status({ ...both, [file]: entry(host) })).toMatchObject({
      configured: true,
      shadowed_by: [/asked before/].map((words) => expect.stringMatching(words)),
    });
    expect(written(plan(both))[file]).toContain(auth());
  });

  it("comes from the file that CONTAINERS_REGISTRIES_CONF names, not from a broken one", () => {
    const place = { env: { ...env, CONTAINERS_REGISTRIES_CONF: "/my.conf" } };
    expect(status({ "/my.conf": 'credential-helpers = ["x"]' }, place).shadowed_by.join()).toContain(
      "/my.conf",
    );
    expect(status({ [registries]: "credential-helpers = [", [file]: entry(host) }).configured).toBe(true);
  });
});
