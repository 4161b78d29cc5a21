/** Maven with the settings that the agent wrote, against the local registry; its plugins are Debian's own, on disk. */
import { expect, test } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, mint, restore, revoke, setUp } from "../job.ts";
import { type Machine, openMachine } from "../machine.ts";
import { fail, succeed } from "../wares.ts";

const file = ".m2/settings.xml";
const plugin = (name: string, goal: string) => `org.apache.maven.plugins:maven-${name}-plugin:${goal}`;

const before = `<?xml version="1.0" encoding="UTF-8"?>
<!-- mine -->
<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
\t<servers>
\t\t<server><id>other</id><username>bob</username><password>kept</password></server> <!-- other -->
\t</servers>
\t<mirrors/>
\t<profiles>
\t\t<profile>
\t\t\t<id>here</id>
\t\t\t<pluginRepositories>
\t\t\t\t<pluginRepository>
\t\t\t\t\t<id>here</id>
\t\t\t\t\t<url>file:///usr/share/maven-repo</url>
\t\t\t\t\t<releases><checksumPolicy>ignore</checksumPolicy></releases>
\t\t\t\t</pluginRepository>
\t\t\t</pluginRepositories>
\t\t</profile>
\t</profiles>
\t<activeProfiles><activeProfile>here</activeProfile></activeProfiles>
</settings>`;

function person(machine: Machine, env: Record<string, string> = {}) {
  let caches = 0;
  // Java takes the account's home, not HOME, so the file is named.
  const mvn = (cwd: string, ...args: string[]) =>
    machine.run(
      "mvn",
      [
        "-B",
        "-ntp",
        "-s",
        machine.at(file),
        `-Dmaven.repo.local=${machine.at(`cache-${caches++}`)}`,
        ...args,
      ],
      { cwd, env },
    );
  return {
    /** A project that says nothing of where it is published. */
    async deploy(version: string) {
      await machine.write(
        `parent-${version}/pom.xml`,
        `<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId><artifactId>parent</artifactId><version>${version}</version><packaging>pom</packaging></project>\n`,
      );
      return mvn(machine.at(`parent-${version}`), plugin("deploy", "3.0.0:deploy"));
    },
    get: (version: string) =>
      mvn(
        machine.path,
        plugin("dependency", "3.5.0:get"),
        `-Dartifact=com.acme:parent:${version}:pom`,
        "-Dtransitive=false",
      ),
  };
}

async function openPlace() {
  const registry = await startRegistry();
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
  });
  /** `METHOD status` of each request for a file of that name. */
  const asked = (name: string) =>
    registry.log.flatMap(({ path, method, status }) =>
      String(path).endsWith(name) ? `${method} ${status}` : [],
    );
  return {
    machine,
    asked,
    async [Symbol.asyncDispose]() {
      await machine[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

describeWith(["mvn"], "mvn", () => {
  test("deploys and fetches until the token may not, is refused when it is revoked, and all is as before", async () => {
    await using place = await openPlace();
    const { machine, asked } = place;
    await using agent = await agentOn(machine);
    await machine.write(file, before, 0o600);
    const { deploy, get } = person(machine);

    const writer = await setUp(agent, "maven", { permission: "read_write" });
    await succeed(deploy("1.0"));
    expect(asked("/parent-1.0.pom").at(-1)).toBe("PUT 201");

    const reader = await setUp(agent, "maven");
    await succeed(get("1.0"));
    expect(asked("/parent-1.0.pom").at(-1)).toBe("GET 200");
    expect(await fail(deploy("2.0"))).toContain("403");
    expect(asked("/parent-2.0.pom").at(-1)).toBe("PUT 403");
    expect(await check(agent, "maven")).toMatch(/read_only \(it may not publish or push\), active/);

    await revoke(agent, [reader, writer]);
    expect(await fail(get("1.0"))).toContain("401");
    expect(await check(agent, "maven")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "maven");
    await restore(agent, "maven");
    expect(await machine.read(file)).toBe(before);
  });

  test("reads the token from the environment, so that no file holds it", async () => {
    await using place = await openPlace();
    const { machine, asked } = place;
    await using agent = await agentOn(machine);
    await machine.write(file, before, 0o600);
    const { id, token } = await mint(agent, "read_write");
    await setUp(agent, "maven", { token_id: id, secret_style: "reference" });
    expect(await machine.read(file)).toContain("<password>${env.FLY_TOKEN}</password>");
    await succeed(person(machine, { FLY_TOKEN: token }).deploy("1.0"));
    expect(asked("/parent-1.0.pom").at(-1)).toBe("PUT 201");
    expect(await fail(person(machine).deploy("3.0"))).toContain("401");
  });
});
