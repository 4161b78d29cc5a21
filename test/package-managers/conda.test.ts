import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { conda } from "../../src/package-managers/conda.ts";
import type { Target } from "../../src/package-managers/package-manager.ts";
import { Secret } from "../../src/secret.ts";
import { placeOf, refusalOf, textsOf, token, written } from "./place.ts";

const url = "https://acme.example/artifactory/api/conda/conda";
const file = "/users/alice/.condarc";
const netrc = "/users/alice/.netrc";
const target: Target = { url, username: "alice", secret: new Secret(token) };
const login = `machine acme.example login alice password ${token}\n`;

function plan(files: Record<string, string>, over: Partial<Target> = {}) {
  const place = placeOf();
  return conda.plan({ ...target, ...over }, place, textsOf(conda, place, files));
}

function status(files: Record<string, string>, env: Record<string, string> = {}) {
  const place = placeOf({ env });
  return conda.status(url, place, textsOf(conda, place, { [netrc]: login, ...files }));
}

const channelsIn = (text: string | null | undefined) =>
  (parse(text ?? "") as { channels: string[] }).channels;

describe("what is written", () => {
  it("our channel before conda's own, which a list without it would end, and no secret", () => {
    const files = written(plan({}));
    expect(channelsIn(files[file])).toEqual([url, "defaults"]);
    expect([files[file]?.includes(token), files[netrc]]).toEqual([false, login]);
    expect(channelsIn(written(plan({}, { mirrors: true }))[file])).toEqual([url]);
  });

  it("our channel behind the user's, in their notation", () => {
    const before = "# mine\nchannels:\n  - conda-forge   # first\n  - defaults\nssl_verify: true\n";
    const draft = plan({ [file]: before });
    expect(written(draft)[file]).toBe(before.replace("- defaults\n", `- defaults\n  - "${url}"\n`));
    expect(draft.warnings.join()).toMatch(/behind those that are there/);
  });

  it("nothing where a channel is ours already, in whatever file and way", () => {
    const alias = "channel_alias: https://acme.example/artifactory/api/conda/\nchannels: [conda]\n";
    expect(Object.keys(written(plan({ "/etc/conda/condarc": alias })))).toEqual([netrc]);
  });

  it("nothing into a project, and nothing where netrc is somebody else's", () => {
    expect(
      refusalOf(() => conda.files(placeOf({ scope: "project", project_dir: "/users/alice/shop" }))),
    ).toBe("unsupported");
    expect(refusalOf(() => plan({ [netrc]: "machine acme.example login bob password keep-me\n" }))).toBe(
      "conflict",
    );
  });
});

describe("what conda goes by", () => {
  const list = (...names: string[]) => `channels:\n${names.map((name) => `  - ${name}\n`).join("")}`;

  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ["~/.condarc", { [file]: list(url) }, {}, true],
    ["what CONDARC names", { "/ci/condarc": list(url) }, { CONDARC: "/ci/condarc" }, true],
    ["the active environment's file", { "/opt/env/.condarc": list(url) }, { CONDA_PREFIX: "/opt/env" }, true],
    ["CONDA_CHANNELS", {}, { CONDA_CHANNELS: `conda-forge,${url}` }, true],
    [
      "a channel below the alias",
      { [file]: "channel_alias: https://acme.example/artifactory/api/conda\nchannels: [conda]\n" },
      {},
      true,
    ],
    [
      "no channel below another alias",
      { [file]: list("conda") },
      { CONDA_CHANNEL_ALIAS: "https://other.example" },
      false,
    ],
    [
      "nothing above a final list",
      { [file]: list(url), "/etc/conda/.condarc": "channels: #!final\n  - internal\n" },
      {},
      false,
    ],
  ])("%s", (_, files, env, configured) => {
    expect(status(files, env).configured).toBe(configured);
  });

  it("puts variables into a URL, whose login comes before netrc's", () => {
    const text = list(url.replace("//", "//${FLY_USER}:$FLY_TOKEN@"));
    const found = status({ [file]: text }, { FLY_USER: "bob", FLY_TOKEN: "hunter22" });
    expect([found.configured, found.username, found.secret?.reveal(), found.url]).toEqual([
      true,
      "bob",
      "hunter22",
      url,
    ]);
  });

  it("says which channels come first, and which file has the last word", () => {
    expect(status({ [file]: list("conda-forge", url) }).warnings.join()).toMatch(/1 other channel first/);
    const final = { [file]: list(url), "/etc/conda/.condarc": "channels: #!final\n  - internal\n" };
    expect(status(final).shadowed_by).toEqual([
      "/etc/conda/.condarc marks its channels as final: conda reads those of no file above it.",
    ]);
  });
});
