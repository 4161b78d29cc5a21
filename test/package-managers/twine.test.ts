import { describe, expect, it } from "vitest";
import type { Target } from "../../src/package-managers/package-manager.ts";
import { twine } from "../../src/package-managers/twine.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/pypi/pypi/simple";
const upload = "https://acme.example/artifactory/api/pypi/pypi";
const file = "/users/alice/.pypirc";
const target: Target = { url, username: "alice", secret: new Secret(token) };
const section = `[fly]\nrepository = ${upload}\nusername = alice\npassword = ${token}\n`;

function plan(text?: string, over: Partial<Target> = {}) {
  const place = placeOf();
  return twine.plan(
    { ...target, ...over },
    place,
    textsOf(twine, place, text === undefined ? {} : { [file]: text }),
  );
}

function edited(text?: string, over: Partial<Target> = {}) {
  return written(plan(text, over))[file];
}

function status(text: string, env: Record<string, string> = {}) {
  const place = placeOf({ env });
  return twine.status(url, place, textsOf(twine, place, { [file]: text }));
}

describe("what is written", () => {
  it("a list that has, beside ours, those that twine knows without one", () => {
    expect(edited()).toBe(`[distutils]\nindex-servers = pypi\n    testpypi\n    fly\n\n${section}`);
  });

  it("does not hijack [pypi]: public uploads go where they went", () => {
    const before =
      "[distutils]\nindex-servers =\n    pypi\n    work\n\n[pypi]\nusername = __token__\npassword = pypi-keep\n";
    expect(edited(before)).toBe(`${before.replace("work\n", "work\n    fly\n")}\n${section}`);
  });

  it("the upload URL that is given, before the one that follows from the index", () => {
    const publish_url = "https://up.acme.example/legacy/";
    expect(edited(undefined, { publish_url })).toContain(`repository = ${publish_url}\n`);
  });

  it("a name once in the list, and other settings of our section as they were", () => {
    const before = `[distutils]\r\nindex-servers = fly work\r\n[fly]\r\nrepository: https://old.example/\r\nca_cert: /ca.pem`;
    expect(edited(before)).toBe(
      `[distutils]\r\nindex-servers = fly work\r\n[fly]\r\nrepository: ${upload}\r\nca_cert: /ca.pem\r\nusername: alice\r\npassword: ${token}`,
    );
  });

  it("no token where the environment is to have it, which an older one gives way to", () => {
    const draft = plan(undefined, { style: "reference" });
    expect(draft.variable).toBe("TWINE_PASSWORD");
    expect(written(draft)[file]).toMatch(/username = alice\n$/);
    const text = written(draft)[file] ?? "";
    expect(status(text).warnings).toEqual([expect.stringContaining("TWINE_PASSWORD, which is not set here")]);
    expect(status(text, { TWINE_PASSWORD: token })).toMatchObject({ configured: true, warnings: [] });
    expect(edited(`[distutils]\nindex-servers = fly\n${section}`, { style: "reference" })).not.toContain(
      token,
    );
    expect(edited(written(draft)[file] ?? "")).toBeUndefined();
  });

  it("nothing into a project", () => {
    expect(
      refusalOf(() => twine.files(placeOf({ scope: "project", project_dir: "/users/alice/shop" }))),
    ).toBe("unsupported");
  });
});

describe("what twine goes by", () => {
  const listed = `[distutils]\nindex-servers =\n    fly\n`;

  it.each<[string, string, Record<string, string>, [boolean, string | undefined]]>([
    ["the section", `${listed}${section}`, {}, [true, token]],
    ["no section that is not in the list", section, {}, [false, undefined]],
    [
      "no section in a comment of the list",
      `[distutils]\nindex-servers =\n    pypi\n    # fly\n${section}`,
      {},
      [false, undefined],
    ],
    [
      "[DEFAULT]",
      `[DEFAULT]\nusername = alice\n${listed}${section.replace("username = alice\n", "")}`,
      {},
      [true, token],
    ],
    ["the environment's password first", `${listed}${section}`, { TWINE_PASSWORD: "other" }, [true, "other"]],
    ["an empty password for none", `${listed}${section.replace(token, "")}`, {}, [false, undefined]],
    [
      "nothing of the file with a URL from the environment",
      `${listed}${section}`,
      { TWINE_REPOSITORY_URL: "https://other.example/" },
      [false, undefined],
    ],
  ])("%s", (_, text, env, [configured, secret]) => {
    const found = status(text, env);
    expect([found.configured, found.secret?.reveal()]).toEqual([configured, secret]);
  });

  it("says what outranks it, without a secret", () => {
    const env = {
      TWINE_REPOSITORY_URL: "https://bob:hunter22@other.example/x",
      TWINE_USERNAME: "bob",
      TWINE_PASSWORD: "hunter22",
    };
    expect(status(`${listed}${section}`, env).shadowed_by).toEqual([
      "TWINE_REPOSITORY_URL sends every upload to https://other.example/x, whatever --repository says.",
      `TWINE_USERNAME outranks the user name in ${file}.`,
      `TWINE_PASSWORD outranks the token in ${file}.`,
    ]);
  });
});
