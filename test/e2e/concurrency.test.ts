/** Twenty agents at once in one home: nobody's entry is lost, and every file stays whole. */
import { mkdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { describeWith } from "./clients.ts";
import { openMachine } from "./machine.ts";

const scopes = ["@a", "@b", "@c", "@d", "@e", "@f", "@g"];
const projects = ["one", "two", "three", "four", "five", "six"];
const venvs = ["first", "second", "third"];

describeWith(["npm", "pip", "docker"], "twenty processes that set up package managers in one home", () => {
  test("leave every entry there, in files that parse and work", async () => {
    await using machine = await openMachine();
    const registry = await machine.registry();
    await machine.write(".npmrc", "; mine\nfund=false\n");
    await machine.write(".docker/config.json", '{ "auths": {}, "psFormat": "json" }\n');
    for (const name of projects) await mkdir(machine.at("projects", name), { recursive: true });
    for (const name of venvs) await machine.write(`venvs/${name}/.venv/pyvenv.cfg`, "version = 3.11\n");
    const jobs = [
      ...scopes.map((npm_scope) => ({ manager: "npm", npm_scope })),
      ...projects.map((name) => ({
        manager: "npm",
        scope: "project",
        project_dir: machine.at("projects", name),
      })),
      ...venvs.map((name) => ({ manager: "pip", scope: "project", project_dir: machine.at("venvs", name) })),
      { manager: "npm" },
      { manager: "pip" },
      { manager: "docker" },
      { manager: "docker", permission: "read_write" },
    ];
    expect(jobs).toHaveLength(20);

    const outcomes = await Promise.all(
      jobs.map(async (job) => {
        const args = ["call", "configure_package_manager", "--json", JSON.stringify(job)];
        const { code, stderr } = await machine.flyTokens(args);
        return { job, code, stderr };
      }),
    );
    expect(outcomes).toEqual(jobs.map((job) => ({ job, code: 0, stderr: "" })));

    const url = `${machine.url}/artifactory/api/npm/npm/`;
    const npmrc = (await machine.read(".npmrc"))?.split("\n") ?? [];
    expect(npmrc.slice(0, 2)).toEqual(["; mine", "fund=false"]);
    expect(
      npmrc
        .slice(2, -1)
        .map((line) => line.replace(/flyt_\w+$/, "TOKEN"))
        .sort(),
    ).toEqual(
      [`//${machine.host}/artifactory/api/npm/npm/:_authToken=TOKEN`, `registry=${url}`]
        .concat(scopes.map((scope) => `${scope}:registry=${url}`))
        .sort(),
    );
    for (const name of projects)
      expect(await machine.read(`projects/${name}/.npmrc`)).toBe(`registry=${url}\n`);
    const pipConf = `[global]\nindex-url = ${machine.url}/artifactory/api/pypi/pypi/simple\n`;
    for (const file of [".config/pip/pip.conf", ...venvs.map((name) => `venvs/${name}/.venv/pip.conf`)])
      expect(await machine.read(file)).toBe(pipConf);
    expect(await machine.read(".netrc")).toMatch(/^machine 127\.0\.0\.1 login admin password flyt_\w+\n$/);
    expect(JSON.parse((await machine.read(".docker/config.json")) ?? "")).toMatchObject({
      auths: { [machine.host]: { auth: expect.any(String) } },
      psFormat: "json",
    });

    for (const manager of ["npm", "pip", "docker"]) {
      const { stdout } = await machine.flyTokens([
        "call",
        "check_package_manager",
        "--json",
        `{"manager": "${manager}"}`,
      ]);
      expect(JSON.parse(stdout)).toMatchObject({
        package_managers: [{ configured: true, works: { ok: true } }],
      });
    }
    expect((await machine.run("npm", "whoami", { cwd: machine.at("projects/one") })).stdout).toBe("admin\n");
    registry.child.kill("SIGTERM");
    expect(await registry.ended).toBe(0);
  });
});
