/**
 * What other tools that set up package managers do wrong, each by name, tried on ours. Those that have a test of their
 * own already:
 *
 * | defect | test |
 * | --- | --- |
 * | comments, order, CRLF and byte order mark lost; XML and NuGet files rewritten | laws.ts, "nothing but our entries changes" |
 * | a file that does not parse (settings.xml) taken for an absent one | laws.ts, "a file that does not parse is refused" |
 * | a token in a file that git tracks | laws.ts, "no secret goes into a project, whose files others see" |
 * | undo as one whole file, which discards later edits | disk/restore.test.ts, "after a later edit by somebody else …" |
 * | the last line break dropped, the mode loosened | disk/edit.test.ts, "changes nothing but what was planned …" |
 * | a file written in place, half of it after a crash | disk/crash.test.ts; parallel runs: disk/concurrency.test.ts |
 * | `[pypi]` redefined | twine.test.ts, "does not hijack [pypi] …" |
 * | uv: flags and `publish-url` of other indexes dropped, their default cleared | uv.test.ts, "does not drop flags …" |
 * | pip: the file that PIP_CONFIG_FILE names truncated | pip.test.ts, "is not truncated …" |
 * | a password on docker's command line | docker-login.test.ts, "logs in with the secret on stdin …" |
 */
import { expect, it } from "vitest";
import { packageManagers } from "../../src/package-managers/index.generated.ts";
import type { PackageManager, Target } from "../../src/package-managers/package-manager.ts";
import { undo } from "../../src/package-managers/undo.ts";
import { Secret } from "../../src/secret.ts";
import { openMachine } from "../support/machine.ts";
import { journal } from "./laws.ts";
import { placeOf, textsOf, token, written } from "./place.ts";

const urls: Record<string, string> = {
  npm: "https://acme.example/artifactory/api/npm/npm/",
  pypi: "https://acme.example/artifactory/api/pypi/pypi/simple",
  maven: "https://acme.example/artifactory/maven",
  go: "https://acme.example/artifactory/api/go/go",
};
const key = "//acme.example/artifactory/api/npm/npm/:_authToken";
const others = `//acme.example/:_authToken=the-hosts
//acme.example/artifactory/api/npm/other/:_authToken=anothers
//other.example/:_authToken=elsewhere
`;

function named(id: string): PackageManager {
  const manager = packageManagers.find((one) => one.id === id);
  if (!manager) throw new Error(`no manager ${id}`);
  return manager;
}

function targetOf({ ecosystem }: PackageManager, over: Partial<Target> = {}): Target {
  return { url: urls[ecosystem] ?? "", mirrors: true, username: "alice", secret: new Secret(token), ...over };
}

function plan(id: string, files: Record<string, string> = {}, over: Partial<Target> = {}) {
  const manager = named(id);
  return manager.plan(targetOf(manager, over), placeOf(), textsOf(manager, placeOf(), files));
}

function status(id: string, files: Record<string, string>) {
  const manager = named(id);
  return manager.status(targetOf(manager).url, placeOf(), textsOf(manager, placeOf(), files));
}

it("a dry run prints neither the token that it would write nor the one that it would replace", async () => {
  await using here = await openMachine();
  const [old, next] = [await here.registry.mint(), await here.registry.mint()];
  await here.write("old", old.value);
  await here.write("next", next.value);
  for (const manager of ["npm", "pip", "docker", "twine", "yarn-berry"]) {
    await here.setUp({ manager, token_from: "file:~/old" });
    const args = { manager, dry_run: true, token_from: "file:~/next" };
    const { wire, data } = await here.call("configure_package_manager", args);
    expect(data, wire).toMatchObject({ changes: [{ diff: expect.stringMatching(/^-.*\n\+/m) }] });
    for (const { value } of [old, next])
      for (const form of [value, base64(`admin:${value}`)]) expect(wire, manager).not.toContain(form);
  }
});

it("no new file with a token in it can be read by others, and gradle's script has none", async () => {
  await using here = await openMachine();
  for (const manager of [
    "npm",
    "pnpm",
    "yarn-berry",
    "bun",
    "pip",
    "pdm",
    "poetry",
    "twine",
    "docker",
    "podman",
  ])
    await here.setUp({ manager, ...(["pip", "pdm"].includes(manager) && { secret_style: "value" }) });
  const holding = Object.entries(await here.tree()).filter(([, file]) => /flyt_|"auth":/.test(file));
  expect(holding.length).toBeGreaterThan(5);
  expect(holding.filter(([, file]) => !file.startsWith("0600 "))).toEqual([]);

  const script = Object.entries(written(plan("gradle"))).find(([path]) => path.endsWith(".init.gradle"))?.[1];
  expect(script).toContain("flyToken");
  expect(script).not.toContain(token);
});

it("no program gets the token on its command line", async () => {
  const keep = 'echo "$0 $*" >> "$HOME/argv"; cat >> "$HOME/stdin"';
  const clients = ["npm", "yarn", "pip", "uv", "docker", "twine", "poetry"];
  await using here = await openMachine({
    programs: {
      ...Object.fromEntries(clients.map((name) => [name, keep])),
      "docker-credential-keep": `${keep}; echo "credentials not found in native keychain"; exit 1`,
    },
  });
  await here.write(".docker/config.json", '{"credsStore": "keep"}');
  for (const manager of clients) await here.call("configure_package_manager", { manager });
  expect(await here.read("stdin")).toContain("flyt_");
  const argv = await here.read("argv");
  expect(argv).toMatch(/docker login .*--password-stdin/);
  expect(argv).not.toContain("flyt_");
});

it("yarn 1 gets its token where it looks for it, not in .yarnrc", () => {
  const yarnrc = "/users/alice/.yarnrc";
  const before = `# yarn\n"${key}" stale-0123456789\n`;
  expect(status("yarn", { [yarnrc]: before }).secret).toBeUndefined();
  const files = written(plan("yarn", { [yarnrc]: before }));
  expect(files["/users/alice/.npmrc"]).toContain(`${key}=${token}`);
  expect(files).not.toHaveProperty([yarnrc]);
});

it("Yarn 2+ gets a file of its own, because it reads no .npmrc", () => {
  const npmrc = { "/users/alice/.npmrc": `registry=${urls.npm}\n${key}=${token}\n` };
  expect(named("yarn-berry").files(placeOf())).not.toContain("/users/alice/.npmrc");
  expect(status("npm", npmrc).configured).toBe(true);
  expect(status("yarn-berry", {}).configured).toBe(false);
  expect(Object.keys(written(plan("yarn-berry")))).toEqual(["/users/alice/.yarnrc.yml"]);
});

it("always-auth, which npm 9 refuses and npm 11 warns about, is written for yarn 1 alone", () => {
  for (const id of ["npm", "pnpm", "bun"])
    expect(Object.values(written(plan(id))).join("\n"), id).not.toContain("always-auth");
  expect(Object.values(written(plan("yarn"))).join("\n")).toContain(
    `${key.replace("_authToken", "")}always-auth`,
  );
});

it("gradle's script takes nothing out of a build, and the user's own scripts stay", () => {
  const draft = plan("gradle");
  const script = Object.entries(written(draft)).find(([path]) => path.endsWith(".init.gradle"))?.[1] ?? "";
  // Ours is moved to the front; nothing else is removed.
  expect(script.match(/\.(clear|remove\w*|retain\w*)\(.*/g)).toEqual([".remove(added)"]);
  expect(draft.changes.map(({ before }) => before)).toEqual([null, null]);
});

it("a credential of .npmrc is keyed by the registry's path, beside others of its host", () => {
  const text = written(plan("npm", { "/users/alice/.npmrc": others }))["/users/alice/.npmrc"];
  expect(text).toBe(`${others}registry=${urls.npm}\n${key}=${token}\n`);
});

it("a renewal changes our token alone, not every other one of the host", () => {
  const before = `${others}registry=${urls.npm}\n${key}=${token}\n`;
  const secret = new Secret("flyt_renewed-0123456789");
  const text = written(plan("npm", { "/users/alice/.npmrc": before }, { secret }))["/users/alice/.npmrc"];
  expect(text).toBe(before.replace(token, secret.reveal()));
});

it("# and ; inside values are no comments", () => {
  const npmrc = "/users/alice/.npmrc";
  const odd = `registry=${urls.npm}\n${key}="a#b;c"\ninit-author-name="x # y"\n`;
  expect(status("npm", { [npmrc]: odd }).secret?.reveal()).toBe("a#b;c");
  expect(written(plan("npm", { [npmrc]: odd }))[npmrc]).toBe(odd.replace('"a#b;c"', token));
  const pypirc = "/users/alice/.pypirc";
  const section = "[fly]\nrepository = https://acme.example/artifactory/api/pypi/pypi\nusername = alice\n";
  const old = `[distutils]\nindex-servers = fly\n\n${section}password = a#b;c\n`;
  expect(status("twine", { [pypirc]: old }).secret?.reveal()).toBe("a#b;c");
  expect(written(plan("twine", { [pypirc]: old }))[pypirc]).toBe(old.replace("a#b;c", token));
});

it("an address that ends up in lock files has no token in it", () => {
  for (const id of ["pip", "pdm", "uv", "pipenv", "go"]) {
    const where = id === "pipenv" ? ({ scope: "project", project_dir: "/users/alice/shop" } as const) : {};
    const manager = named(id);
    const place = placeOf(where);
    const draft = manager.plan(targetOf(manager), place, textsOf(manager, place));
    const addresses = draft.changes.filter(({ after }) => after?.includes("https://"));
    expect(addresses.length, id).toBeGreaterThan(0);
    for (const { after } of addresses) expect(after, id).not.toContain(token);
  }
});

it("what the user had for the same registry comes back with an undo: uv's publish-url, maven's layout", () => {
  const uv = `publish-url = "https://up.example/" # mine\n[[index]]\nname = "fly"\nurl = "https://old.example/simple"\npublish-url = "https://old.example/up"\nexplicit = true\n`;
  const maven = `<settings>\n\t<servers>\n\t\t\t<server><id>fly</id><username>bob</username>\n<password>old</password></server></servers>\n</settings>`;
  for (const [id, path, before] of [
    ["uv", "/users/alice/.config/uv/uv.toml", uv],
    ["maven", "/users/alice/.m2/settings.xml", maven],
  ] as const) {
    const change = plan(id, { [path]: before }).changes.find((one) => one.path === path);
    expect(change, id).toBeDefined();
    // With a line of the user's below it, the file is no more as it was left, and undone entry by entry.
    if (change) expect(undo(journal(change), before, `${change.after}\n`).text, id).toBe(`${before}\n`);
  }
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
