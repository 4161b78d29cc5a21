/** configure_package_manager for several managers: one token, all of them or none. */
import { mkdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { configurePackageManager } from "../tools/configure-package-manager.ts";
import { answerOf, expectRefusal } from "./support/answers.ts";
import { type MachineOptions, openMachine } from "./support/machine.ts";

/** Programs that are there; docker's log-in goes well. */
const programs = { npm: "exit 1", pip: "exit 1", docker: "cat > /dev/null; exit 0" };

async function machineWith(files: string[], options: MachineOptions = {}) {
  const here = await openMachine({ programs, ...options });
  await mkdir(here.at("shop"));
  for (const file of files) await here.write(`shop/${file}`, "");
  return here;
}

const project = { project_dir: "~/shop" };

describe("auto", () => {
  it("sets up what the project uses and is installed, with one token, and undoes all of it at once", async () => {
    await using here = await machineWith(["package-lock.json", "requirements-dev.txt", "Dockerfile.prod"]);
    const before = await here.tree();
    const done = await here.setUp({ manager: "auto", ...project });
    expect(done.managers).toEqual(["docker", "npm", "pip"]);
    expect(done.verified?.request.split(", ")).toEqual([
      expect.stringMatching(/^GET .*\/v2\//),
      expect.stringMatching(/^GET .*\/-\/whoami$/),
      expect.stringMatching(/^GET .*\/simple\/$/),
    ]);
    expect(await here.tokens()).toEqual([{ id: done.token?.id, status: "active" }]);
    const again = await here.setUp({ manager: "auto", ...project });
    expect(again).toMatchObject({ token: { id: done.token?.id }, changes: [] });
    expect(await here.tokens()).toHaveLength(1);
    for (const manager of ["npm", "pip", "docker"]) {
      const { package_managers } = (await here.call("check_package_manager", { manager })).data;
      expect(package_managers).toMatchObject([{ configured: true, token: { id: done.token?.id } }]);
    }
    await here.call("restore_package_manager", { manager: "pip" });
    expect(await here.tree()).toEqual(before);
  });

  it("takes the token that one of them has for the others too", async () => {
    await using here = await machineWith(["package-lock.json", "requirements.txt"]);
    const { token } = await here.setUp({ manager: "npm" });
    const both = await here.setUp({ manager: "auto", ...project });
    expect(both.token?.id).toBe(token?.id);
    expect(both.changes.map(({ path }) => path.slice(here.home.length))).toEqual([
      "/.config/pip/pip.conf",
      "/.netrc",
    ]);
    expect(await here.tokens()).toHaveLength(1);
  });

  it("leaves out what is not installed, and what only a manifest of all tools hints at when another is sure", async () => {
    await using here = await machineWith(["package.json", "Dockerfile"], { programs: { npm: "exit 1" } });
    expect((await here.setUp({ manager: "auto", ...project })).managers).toEqual(["npm"]);
  });

  it.each([[[]], [["README.md", "package.json.bak", "my-Dockerfile"]]])(
    "is refused where nothing tells what is used (%j)",
    async (files) => {
      await using here = await machineWith(files);
      const result = await here.call("configure_package_manager", { manager: "auto", ...project });
      expectRefusal(result, "not_found", /Nothing in .*shop tells/);
      expect(await here.tokens()).toEqual([]);
    },
  );

  it("does not guess pip for a project, where it would need a virtual environment", async () => {
    await using here = await machineWith(["package.json", "pyproject.toml"]);
    const found = await here.setUp({ manager: "auto", scope: "project", ...project });
    expect(found.managers).toEqual(["npm"]);
  });

  it("is refused for a folder that is not there", async () => {
    await using here = await machineWith([]);
    const result = await here.call("configure_package_manager", { manager: "auto", project_dir: "~/none" });
    expectRefusal(result, "file_unreadable", /none/);
  });
});

describe("several by name", () => {
  it("are set up once each, whatever the spaces", async () => {
    await using here = await machineWith([]);
    expect((await here.setUp({ manager: "npm, pip,npm" })).managers).toEqual(["npm", "pip"]);
  });

  it.each([
    ["npm,cargot", "not_found"],
    ["npm,", "not_found"],
    ["auto,npm", "not_found"],
  ] as const)("are refused when one is unknown: %s", async (manager, code) => {
    await using here = await machineWith([]);
    expectRefusal(await here.call("configure_package_manager", { manager }), code, /There is no/);
    expect(await here.tokens()).toEqual([]);
  });

  it("are all left alone when one of their files does not parse", async () => {
    await using here = await machineWith([]);
    await here.write(".docker/config.json", "{,}");
    const before = await here.tree();
    const result = await here.call("configure_package_manager", { manager: "npm,docker,pip" });
    expectRefusal(result, "file_unparsable", /config\.json/);
    expect(await here.tree()).toEqual(before);
    expect(await here.tokens()).toEqual([]);
  });

  it("are all put back when the last of them cannot be logged in, and their token is revoked", async () => {
    const refusing = { ...programs, docker: "cat > /dev/null; echo 'Error: 401 Unauthorized' >&2; exit 1" };
    await using here = await machineWith([], { programs: refusing });
    await here.write(".npmrc", "; mine\nfund=false\n");
    const before = await here.tree();
    const result = await here.call("configure_package_manager", { manager: "npm,pip,docker" });
    expectRefusal(result, "unauthorized", /docker login.*revoked/s);
    expect(await here.tree()).toEqual(before);
    expect(await here.tokens()).toMatchObject([{ status: "revoked" }]);
  });

  it("are all put back when one does not verify, and their token is revoked", async () => {
    await using here = await machineWith([], { env: { PIP_INDEX_URL: "https://other.example/simple" } });
    const before = await here.tree();
    const result = await here.call("configure_package_manager", { manager: "npm,pip" });
    expectRefusal(result, "verification_failed", /pip was set up, but.*put back.*revoked/s);
    expect(await here.tree()).toEqual(before);
    expect(await here.tokens()).toMatchObject([{ status: "revoked" }]);
  });

  it("say which of them has no configuration of a project, or not that style", async () => {
    await using here = await machineWith([]);
    const scoped = { manager: "npm,docker", scope: "project", ...project };
    expectRefusal(
      await here.call("configure_package_manager", scoped),
      "unsupported",
      /^Docker has no project/,
    );
    const styled = { manager: "npm,docker", secret_style: "reference" };
    expectRefusal(await here.call("configure_package_manager", styled), "unsupported", /^Docker cannot/);
  });

  it("show in a dry run what would change in all of them", async () => {
    await using here = await machineWith([]);
    const before = await here.tree();
    const result = await here.call("configure_package_manager", { manager: "npm,pip", dry_run: true });
    const paths = answerOf(configurePackageManager, result).changes.map(({ path }) => path);
    expect(paths.map((path) => path.slice(here.home.length))).toEqual([
      "/.npmrc",
      "/.config/pip/pip.conf",
      "/.netrc",
    ]);
    expect(await here.tree()).toEqual(before);
    expect(await here.tokens()).toEqual([]);
  });
});
