/** Every package manager's guide, of every platform: it says what the program does, and nothing of this machine. */
import { homedir, hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { packageManagers } from "../../src/package-managers/index.generated.ts";
import { guideTo } from "../../src/resources/guide/guide.ts";
import { tools } from "../../tools/index.generated.ts";

const platforms: NodeJS.Platform[] = ["linux", "darwin", "win32"];
const guides = packageManagers.flatMap((manager) =>
  platforms.map((platform) => ({ manager, platform, id: manager.id, text: guideTo(manager, platform) })),
);

describe.each(guides)("the guide to $id on $platform", ({ manager, platform, text }) => {
  it("shows every secret style in every scope, or says why not", () => {
    for (const scope of manager.scopes)
      for (const style of manager.styles)
        expect(text).toMatch(new RegExp(`### Scope ${scope}, style ${style}\\n|\\nScope ${scope}: `));
  });

  it("has a file with the registry, and the token's place", () => {
    const blocks = text.split("```").filter((_, index) => index % 2 === 1);
    expect(blocks.join()).toMatch(/registry\.example|REGISTRY__EXAMPLE/);
    expect(text).toMatch(/TOKEN/);
    expect(text.split("```").length % 2).toBe(1);
  });

  it("says how it is proved, what it looks like when it fails, and how it is undone", () => {
    for (const words of [
      manager.proof,
      manager.symptom,
      manager.tested,
      "restore_package_manager",
      manager.title,
    ])
      expect(text).toContain(words);
  });

  it("says for which registry it is, since a mirror without the public packages would break builds", () => {
    expect(text).toMatch(/has the public packages.*dry_run shows what is right/);
  });

  it("names tools that there are", () => {
    const names = tools.map(({ name }) => name);
    const named = [...text.matchAll(/\b[a-z]+_(?:token|package_manager)\b/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !names.includes(name) && name !== "access_token")).toEqual([]);
  });

  it("holds nothing of the machine that it was made on", () => {
    for (const own of [homedir(), hostname(), process.execPath, process.cwd()])
      if (own.length > 3) expect(text).not.toContain(own);
    if (platform === "win32") expect(text).not.toMatch(/`~\//);
  });

  it("is short enough to be read", () => expect(text.length).toBeLessThan(8_000));
});

it("says what outranks a setting as the package manager itself does", () => {
  const said = Object.fromEntries(
    guides
      .filter(({ platform }) => platform === "linux")
      .map(({ id, text }) => [id, text.split("## What outranks it")[1]?.split("## Undo")[0] ?? ""]),
  );
  expect(said.npm).toMatch(/npm_config_registry .*outranks/);
  expect(said.npm).toMatch(/~\/project\/\.npmrc sets `registry` to https:\/\/other\.example\/npm\//);
  expect(said.pip).toMatch(/PIP_INDEX_URL .*outranks/);
  expect(said.uv).toMatch(/UV_DEFAULT_INDEX/);
  expect(said.terraform).toMatch(/TF_TOKEN_registry_example/);
  expect(said["yarn-berry"]).toMatch(/YARN_NPM_REGISTRY_SERVER/);
  expect(said.docker).toMatch(/elsewhere where these are set: `DOCKER_CONFIG`/);
});

it("puts words in place of an encoded login, too", () => {
  const docker = guides.find(({ id }) => id === "docker")?.text;
  expect(docker).toContain('"auth": "BASE64(USER:TOKEN)"');
  for (const { text } of guides) expect(text).not.toContain(Buffer.from("USER:TOKEN").toString("base64"));
});
