/** Files that git tracks: they may get the registry's address and a reference, never a secret. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { generateToken } from "../tools/generate-token.ts";
import { answerOf } from "./support/answers.ts";
import { openMachine } from "./support/machine.ts";

const env = {
  PATH: process.env.PATH ?? "",
  FLY_TOKENS_LOCAL_ENDPOINTS: "composer=https://composer.acme.example/",
};

it.each([
  [
    "composer",
    "composer.json",
    '{\n    "repositories": [\n        {"type": "vcs", "url": "https://git.acme.example/x"}\n    ]\n}\n',
  ],
  ["npm", ".npmrc", "registry=https://someone@npm.acme.example/\n"],
  ["pipenv", "Pipfile", '[[source]]\nname = "fly"\nurl = "https://a:b@pypi.acme.example/simple"\n'],
])("the project's own file gets the address of the registry (%s)", async (manager, name, text) => {
  await using here = await openMachine({ env });
  await here.write(`app/${name}`, text);
  execFileSync("git", ["init", "-q", here.at("app")]);
  execFileSync("git", ["-C", here.at("app"), "add", name]);
  const project = { scope: "project", project_dir: here.at("app") };
  const { changes, warnings } = await here.setUp({ manager, ...project, verify: false });
  expect(changes.map(({ path }) => path)).toContain(here.at(`app/${name}`));
  expect(warnings.join()).not.toContain("git");
  expect(await here.read(`app/${name}`)).not.toMatch(/flyt_/);
});

it.each([
  ["npm", ".npmrc", ""],
  ["maven", ".m2/settings.xml", "<settings/>"],
])(
  "the user's file, a link into their dotfiles, gets a reference, and no value (%s)",
  async (manager, name, text) => {
    await using here = await openMachine({ env: { ...env, FLY_TOKEN: "" } });
    await here.write(`dotfiles/${name}`, text);
    await here.write(`${name}.away`, "");
    await here.link(name, `dotfiles/${name}`);
    execFileSync("git", ["init", "-q", here.at("dotfiles")]);
    execFileSync("git", ["-C", here.at("dotfiles"), "add", name]);
    const refused = await here.call("configure_package_manager", { manager, dry_run: true });
    expect(refused.text).toContain(`rm --cached ${here.at(`dotfiles/${name}`)}`);
    const minted = await here.call("generate_token", { name: "mine" });
    const token_id = answerOf(generateToken, minted).token.id;
    await here.setUp({ manager, secret_style: "reference", token_id });
    expect(await here.read(name)).toContain("FLY_TOKEN}");
  },
);
