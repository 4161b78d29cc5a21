import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Place } from "../../src/package-managers/package-manager.ts";
import { uv } from "../../src/package-managers/uv.ts";
import { placeOf, refusalOf, textsOf, written } from "./place.ts";
import { entry, file, login, netrc, plan, project, pyproject, settings, upload, url } from "./uv-setting.ts";

function status(files: Record<string, string>, where: Partial<Place> = {}) {
  const place = placeOf(where);
  return uv.status(url, place, textsOf(uv, place, { [netrc]: login, ...files }));
}

const others = `# uv
publish-url = "https://up.example/"   # mine

[[index]]
name = "torch"
url = "https://torch.example/simple"
explicit = true
authenticate = "never"
publish-url = "https://torch.example/up"

[[index]]
url = "https://mirror.example/simple"
default = true

[pip]
no-binary = ["a"]
`;

describe("what is written", () => {
  it("an index of ours that stands in for the public one only where it has its packages", () => {
    expect(written(plan({}))).toEqual({ [file]: entry, [netrc]: login });
    expect(written(plan({}, { mirrors: false }))[file]).toBe(entry.replace("default = true\n", ""));
  });

  it("does not drop flags of other indexes, nor clear their default, nor touch the user's publish-url", () => {
    const draft = plan({ [file]: others });
    expect(written(draft)[file]).toBe(`${others}\n${entry.replace("default = true\n", "")}`);
    expect(draft.warnings.join()).toMatch(/another default index, which stays it/);
    expect(draft.replaced_url).toBeUndefined();
  });

  it("leaves the index-url of former times, which gives way to a default, and says what it was", () => {
    const before = 'index-url = "https://bob:hunter22@old.example/simple"\n';
    const draft = plan({ [file]: before });
    expect(written(draft)[file]).toBe(`${before}\n${entry}`);
    expect(draft.replaced_url).toBe("https://old.example/simple");
  });

  it("of an index of ours that is there its URLs alone", () => {
    const before = `[[index]]\nurl = "https://old.example/simple"\nexplicit = true # on purpose\nname = "fly"\npublish-url = '${upload}/'\n`;
    expect(written(plan({ [file]: before }))[file]).toBe(before.replace("https://old.example/simple", url));
  });

  it.each<[string, Partial<Place>, Record<string, string>, string]>([
    ["UV_CONFIG_FILE", { env: { UV_CONFIG_FILE: "/ci/uv.toml" } }, {}, "/ci/uv.toml"],
    ["XDG_CONFIG_HOME", { env: { XDG_CONFIG_HOME: "/xdg" } }, {}, "/xdg/uv/uv.toml"],
    ["macOS", { platform: "darwin", home: "/Users/al" }, {}, "/Users/al/.config/uv/uv.toml"],
    [
      "Windows",
      { platform: "win32", home: "C:\\al", env: { APPDATA: "C:\\Roaming" } },
      {},
      "C:\\Roaming\\uv\\uv.toml",
    ],
    ["a project with neither file", project, {}, settings],
    ["a project with both files", project, { [settings]: "", [pyproject]: "" }, settings],
  ])("where %s says", (_, where, files, at) => {
    expect(Object.keys(written(plan(files, {}, where)))[0]).toBe(at);
  });

  it("into [tool.uv] of a project that has no uv.toml, without the secret", () => {
    const text = written(plan({ [pyproject]: '[project]\nname = "shop"\n' }, {}, project))[pyproject];
    expect(text).toBe(`[project]\nname = "shop"\n\n${entry.replace("[[index]]", "[[tool.uv.index]]")}`);
  });

  it("nothing where netrc has somebody else's login for the host", () => {
    expect(refusalOf(() => plan({ [netrc]: "machine acme.example login bob password keep-me\n" }))).toBe(
      "conflict",
    );
  });
});

describe("what uv goes by", () => {
  const at = (name: string, more = "default = true\n") =>
    `[[index]]\nname = "${name}"\nurl = "https://${name}.example/simple"\n${more}`;

  it.each<[string, Record<string, string>, Partial<Place>, boolean, RegExp | undefined]>([
    ["the user's file", { [file]: entry }, {}, true, undefined],
    ["the system's file", { "/etc/uv/uv.toml": entry }, {}, true, undefined],
    [
      "no system's file behind another",
      { "/etc/xdg/uv/uv.toml": "", "/etc/uv/uv.toml": entry },
      {},
      false,
      undefined,
    ],
    [
      "no file beside UV_CONFIG_FILE",
      { [file]: entry },
      { env: { UV_CONFIG_FILE: "/ci/uv.toml" } },
      false,
      undefined,
    ],
    [
      "no file of a project beside UV_CONFIG_FILE",
      { [settings]: entry },
      { ...project, env: { UV_CONFIG_FILE: "/ci/uv.toml" } },
      false,
      /UV_CONFIG_FILE names \/ci\/uv\.toml/,
    ],
    ["no file with UV_NO_CONFIG", { [file]: entry }, { env: { UV_NO_CONFIG: "1" } }, false, /UV_NO_CONFIG/],
    [
      "UV_DEFAULT_INDEX before a default",
      { [file]: entry },
      { env: { UV_DEFAULT_INDEX: "x=https://bob:hunter22@ci.example/simple" } },
      false,
      /UV_DEFAULT_INDEX replaces the default index by https:\/\/ci\.example\/simple/,
    ],
    [
      "UV_INDEX_URL before a default",
      { [file]: entry },
      { env: { UV_INDEX_URL: "https://ci.example/simple" } },
      false,
      /UV_INDEX_URL/,
    ],
    [
      "our index beside UV_DEFAULT_INDEX where it is none",
      { [file]: entry.replace("default = true\n", "") },
      { env: { UV_DEFAULT_INDEX: "https://ci.example/simple" } },
      true,
      undefined,
    ],
    [
      "a project's default before the user's",
      { [file]: entry, [settings]: at("shop") },
      { project_dir: "/users/alice/shop" },
      false,
      /shop\/uv\.toml has another default index, https:\/\/shop\.example/,
    ],
    [
      "a project's index of the same name before the user's",
      { [file]: entry, [settings]: at("fly", "") },
      { project_dir: "/users/alice/shop" },
      false,
      /shop\/uv\.toml has another/,
    ],
    [
      "no [tool.uv] beside a uv.toml",
      { [file]: entry, [settings]: "", [pyproject]: at("shop").replace("[[index]]", "[[tool.uv.index]]") },
      { project_dir: "/users/alice/shop" },
      true,
      undefined,
    ],
    [
      "another index of [pip] for uv pip alone",
      { [file]: `${entry}\n[pip]\nindex-url = "https://pip.example/simple"\n` },
      {},
      true,
      /another index for `uv pip`/,
    ],
  ])("%s", (_, files, where, configured, shadow) => {
    const place = placeOf(where);
    const named = place.env.UV_CONFIG_FILE ? { [place.env.UV_CONFIG_FILE]: "" } : {};
    const found = uv.status(url, place, new Map(Object.entries({ [netrc]: login, ...named, ...files })));
    expect(found.configured).toBe(configured);
    if (shadow) expect(found.shadowed_by.join()).toMatch(shadow);
    else expect(found.shadowed_by).toEqual([]);
    expect(found.shadowed_by.join()).not.toContain("hunter22");
  });

  it("is the variable's password before netrc's", () => {
    const found = status(
      { [file]: entry },
      { env: { UV_INDEX_FLY_USERNAME: "bob", UV_INDEX_FLY_PASSWORD: "hunter22" } },
    );
    expect([found.username, found.secret?.reveal(), found.where]).toEqual([
      "bob",
      "hunter22",
      "UV_INDEX_FLY_PASSWORD",
    ]);
    expect(found.shadowed_by).toHaveLength(2);
  });
});

const python = (() => {
  try {
    execFileSync("python3", ["-c", "import tomllib"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!python)("Python's tomllib (skipped by name where it is not installed)", () => {
  it("reads what was written as it was meant, and the rest as before", () => {
    const read = (text: string) =>
      JSON.parse(
        execFileSync(
          "python3",
          ["-c", "import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.stdin.read())))"],
          {
            input: text,
            encoding: "utf8",
          },
        ),
      ) as { index: object[] };
    const before = read(others);
    expect(read(written(plan({ [file]: others }))[file] ?? "")).toEqual({
      ...before,
      index: [...before.index, { name: "fly", url, "publish-url": upload, authenticate: "always" }],
    });
    const named = (one: string) => one.replace("https://", "https://alice@");
    expect(read(written(plan({ [file]: others }, { style: "helper" }))[file] ?? "")).toEqual({
      ...before,
      "keyring-provider": "subprocess",
      index: [
        ...before.index,
        { name: "fly", url: named(url), "publish-url": named(upload), authenticate: "always" },
      ],
    });
  });
});
