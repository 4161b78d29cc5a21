import { describe, expect, it } from "vitest";
import { dockerConfigJson } from "../../src/package-managers/docker/pull-secret.ts";
import { docker } from "../../src/package-managers/docker.ts";
import type { Place, Target } from "../../src/package-managers/package-manager.ts";
import { redact, Secret } from "../../src/secret.ts";
import { Canaries } from "../support/canaries.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const host = "acme.example";
const file = "/users/alice/.docker/config.json";
const auth = Buffer.from(`alice:${token}`).toString("base64");
const target: Target = { url: host, path: "docker", username: "alice", secret: new Secret(token) };

function plan(text: string | undefined, over: Partial<Target> = {}, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return docker.plan(
    { ...target, ...over },
    place,
    textsOf(docker, place, text === undefined ? {} : { [file]: text }),
  );
}

function status(text: string, env: Place["env"] = {}) {
  const place = placeOf({ env });
  return docker.status(host, place, textsOf(docker, place, { [file]: text }));
}

const entry = (login: string, extra = "") =>
  JSON.stringify({ auths: { [host]: { auth: Buffer.from(login).toString("base64") } } }).replace(
    "}}}",
    `${extra}}}}`,
  );

describe("what is written", () => {
  it("makes a file as docker does, indented with tabs", () => {
    expect(written(plan(undefined))[file]?.trimEnd()).toBe(
      `{\n\t"auths": {\n\t\t"${host}": {\n\t\t\t"auth": "${auth}"\n\t\t}\n\t}\n}`,
    );
  });

  it("adds an entry in the file's own indentation and keeps what it does not know", () => {
    const before =
      '{\r\n  "auths": {\r\n    "other.example": {\r\n      "auth": "Ym9iOmtlZXA="\r\n    }\r\n  },\r\n  "aliases": { "builder":"buildx" }\r\n}';
    const after = written(plan(before))[file];
    expect(after).toBe(
      before.replace(
        "    }\r\n  },",
        `    },\r\n    "${host}": {\r\n      "auth": "${auth}"\r\n    }\r\n  },`,
      ),
    );
  });

  it("changes the login of an entry and drops the identity token that docker would prefer", () => {
    const draft = plan(entry("old:old-token", ',"email":"a@b.example","identitytoken":"idt"'));
    expect(JSON.parse(written(draft)[file] ?? "")).toEqual({
      auths: { [host]: { auth, email: "a@b.example" } },
    });
    expect(draft.changes[0]?.entries.every(({ sensitive }) => sensitive)).toBe(true);
  });

  it.each([
    ["credHelpers", { credHelpers: { [host]: "fly" } }],
    ["credsStore", { credsStore: "desktop" }],
  ])("leaves only an empty entry where %s names a helper", (_, config) => {
    expect(JSON.parse(written(plan(JSON.stringify(config)))[file] ?? "")).toEqual({
      ...config,
      auths: { [host]: {} },
    });
    expect(
      JSON.parse(
        written(plan(JSON.stringify({ ...config, ...JSON.parse(entry("a:old-token")) })))[file] ?? "",
      ),
    ).toEqual({ ...config, auths: { [host]: {} } });
    expect(plan(JSON.stringify({ ...config, auths: { [host]: {} } })).changes).toEqual([]);
  });

  it("writes the login where credHelpers switches the store off for this host, or names other hosts", () => {
    for (const config of [
      { credsStore: "desktop", credHelpers: { [host]: "" } },
      { credHelpers: { "other.example": "fly" } },
    ]) {
      expect(JSON.parse(written(plan(JSON.stringify(config)))[file] ?? "")).toMatchObject({
        auths: { [host]: { auth } },
      });
    }
  });

  it("goes to DOCKER_CONFIG, and to the profile on Windows", () => {
    expect(docker.files(placeOf({ env: { DOCKER_CONFIG: "/run/docker" } }))).toEqual([
      "/run/docker/config.json",
      placeOf().store,
    ]);
    expect(docker.files(placeOf({ platform: "win32", home: "C:\\Users\\al" }))[0]).toBe(
      "C:\\Users\\al\\.docker\\config.json",
    );
  });
});

describe("what is refused", () => {
  it.each<[string, Partial<Target>, string]>([
    ["a URL in place of a host", { url: "https://acme.example" }, "invalid_input"],
    ["a path behind the host", { url: "acme.example/docker" }, "invalid_input"],
    ["an option in place of a host", { url: "--config" }, "invalid_input"],
    ["a user name with a colon", { username: "a:b" }, "invalid_input"],
    ["an option in place of a user name", { username: "--debug" }, "invalid_input"],
    ["a path that is none", { path: "../docker" }, "invalid_input"],
    ["a reference", { style: "reference" }, "unsupported"],
  ])("%s", (_, over, code) => {
    expect(refusalOf(() => plan(undefined, over))).toBe(code);
  });

  it("the project scope, with what to do", () => {
    expect(() => docker.files(placeOf({ scope: "project", project_dir: "/users/alice/shop" }))).toThrow(
      expect.objectContaining({ code: "unsupported", allowed: ["user"] }),
    );
  });

  it("a relative DOCKER_CONFIG", () => {
    expect(refusalOf(() => docker.files(placeOf({ env: { DOCKER_CONFIG: "docker" } })))).toBe(
      "invalid_input",
    );
  });

  it("a helper that is a path", () => {
    expect(refusalOf(() => plan('{"credsStore":"../../tmp/x"}'))).toBe("unsupported");
  });

  it.each([
    ["a byte order mark", "\uFEFF{}"],
    ["a comment", '{\n  // mine\n  "auths": {}\n}'],
    ["a trailing comma", '{"auths": {},}'],
    ["a list", "[]"],
    ["auths that is no object", '{"auths": "x"}'],
  ])("a file with %s, which docker refuses too", (_, text) => {
    expect(refusalOf(() => plan(text))).toBe("file_unparsable");
  });
});

describe("what docker would come with", () => {
  it("is the login of the host's entry", () => {
    const found = status(entry(`alice:${token}`));
    expect([found.configured, found.username, found.secret?.reveal(), found.where, found.warnings]).toEqual([
      true,
      "alice",
      token,
      file,
      [],
    ]);
  });

  it("is found under an old-fashioned URL, with a word about it", () => {
    const found = status(entry(`alice:${token}`).replace(`"${host}"`, `"https://${host}/v1/"`));
    expect([found.configured, found.warnings.length]).toEqual([true, 1]);
  });

  it.each([
    "{}",
    '{"auths":{}}',
    `{"auths":{"${host}":{}}}`,
    `{"auths":{"${host}":{"auth":"!!"}}}`,
    `{"auths":{"${host}/docker":{"auth":"YTpi"}}}`.replace("/docker", "x"),
  ])("is nothing in %s", (text) => {
    expect(status(text)).toMatchObject({ configured: false, shadowed_by: [] });
  });

  it("is with the helper where one is configured and the host has its mark", () => {
    const found = status(JSON.stringify({ credsStore: "desktop", auths: { [host]: {} } }));
    expect([found.configured, found.secret, found.where]).toEqual([
      true,
      undefined,
      "docker-credential-desktop",
    ]);
    expect(status('{"credsStore":"desktop"}').configured).toBe(false);
  });

  it("warns about a password that is left beside a helper, and about an identity token", () => {
    expect(
      status(JSON.stringify({ credsStore: "desktop", ...JSON.parse(entry("a:secret-b")) })).warnings.join(),
    ).toMatch(/still holds a password/);
    expect(status(entry("a:secret-b", ',"identitytoken":"x"')).warnings.join()).toMatch(/identity token/);
  });

  it("is reported as shadowed by DOCKER_AUTH_CONFIG with another login for the host alone", () => {
    const ours = entry(`alice:${token}`);
    expect(status(ours, { DOCKER_AUTH_CONFIG: entry("ci:stale-token") }).shadowed_by.join()).toMatch(
      /^DOCKER_AUTH_CONFIG holds another login/,
    );
    for (const harmless of [ours, '{"auths":{"other.example":{"auth":"YTpi"}}}', "not json", "null"]) {
      expect(status(ours, { DOCKER_AUTH_CONFIG: harmless }).shadowed_by).toEqual([]);
    }
  });
});

describe("a pull secret", () => {
  const login = { host, username: "alice", secret: new Secret(token) };

  it("has each host's login, spelled out and encoded", () => {
    const second = { ...login, host: "127.0.0.1:5000", username: "bob" };
    expect(JSON.parse(dockerConfigJson([login, second]))).toEqual({
      auths: {
        [host]: { username: "alice", password: token, auth },
        "127.0.0.1:5000": {
          username: "bob",
          password: token,
          auth: Buffer.from(`bob:${token}`).toString("base64"),
        },
      },
    });
  });

  it("names the path below which the images are, where there is one", () => {
    const { auths } = JSON.parse(dockerConfigJson([{ ...login, path: "docker" }])) as { auths: object };
    expect(Object.keys(auths)).toEqual([`${host}/docker`]);
  });

  it("is not quoted in base64 of base64 either", () => {
    const encoded = Buffer.from(dockerConfigJson([login])).toString("base64");
    const canaries = new Canaries();
    canaries.add(auth);
    expect(canaries.in(encoded)).toEqual([auth]);
    expect(canaries.in(redact(encoded))).toEqual([]);
  });

  it.each([{ host: "https://acme.example/v2" }, { username: "a:b" }, { secret: new Secret("two\nlines") }])(
    "is refused with %o",
    (over) => {
      expect(refusalOf(() => dockerConfigJson([{ ...login, ...over }]))).toBe("invalid_input");
    },
  );
});
