/** The Maven room with the Maven that people have, and with its plugins from Debian's own repository. */
import { access } from "node:fs/promises";
import { expect, test } from "vitest";
import { startRegistry } from "../support/registry.ts";
import { describeWith } from "./clients.ts";
import { type Machine, openMachine } from "./machine.ts";
import { fail, jar, succeed } from "./wares.ts";

const mount = "/artifactory/maven";
const plugins = "/usr/share/maven-repo";
const plugin = (name: string, goal: string) => `org.apache.maven.plugins:maven-${name}-plugin:${goal}`;

/** Settings of somebody who has the plugins on disk, and everything else from the registry. */
function settings(url: string, password: string): string {
  return `<settings>
  <servers><server><id>fly</id><username>admin</username><password>${password}</password></server></servers>
  <mirrors><mirror><id>fly</id><url>${url}</url><mirrorOf>external:*</mirrorOf></mirror></mirrors>
  <profiles><profile><id>here</id>
    <repositories>
      <repository><id>here</id><url>file://${plugins}</url></repository>
      <repository><id>fly</id><url>${url}</url><snapshots><enabled>true</enabled></snapshots></repository>
    </repositories>
    <pluginRepositories><pluginRepository><id>here</id><url>file://${plugins}</url>
      <releases><checksumPolicy>ignore</checksumPolicy></releases></pluginRepository></pluginRepositories>
  </profile></profiles>
  <activeProfiles><activeProfile>here</activeProfile></activeProfiles>
</settings>`;
}

/** Somebody with a token, and with an empty cache for every command. */
function person(machine: Machine, url: string, token: string) {
  let caches = 0;
  const mvn = async (goal: string, ...properties: string[]) => {
    await machine.write("settings.xml", settings(url, token));
    const cache = `-Dmaven.repo.local=${machine.at(`cache-${caches++}`)}`;
    const given = properties.map((property) => `-D${property}`);
    const env = { MAVEN_OPTS: "-XX:TieredStopAtLevel=1" }; // what runs for a second is not worth optimizing
    return machine.run("mvn", ["-B", "-ntp", "-s", "settings.xml", cache, goal, ...given], { env });
  };
  return {
    deploy: async (version: string, text = version) =>
      mvn(
        plugin("deploy", "3.0.0:deploy-file"),
        `file=${await jar(machine, "hello", text)}`,
        "groupId=com.acme",
        "artifactId=hello",
        `version=${version}`,
        "packaging=jar",
        "repositoryId=fly",
        `url=${url}`,
      ),
    get: (version: string) =>
      mvn(plugin("dependency", "3.5.0:get"), `artifact=com.acme:hello:${version}`, "transitive=false"),
    has: (path: string) => access(machine.at(`cache-${caches - 1}`, path)).then(() => true),
  };
}

describeWith(["mvn", "python3"], "mvn", () => {
  test("deploys a release and a snapshot, and fetches both with every checksum right", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine();
    const url = registry.url + mount;
    const writer = person(machine, url, (await registry.mint()).value);
    await succeed(writer.deploy("1.0"));
    await succeed(writer.deploy("1.1-SNAPSHOT", "first"));
    await succeed(writer.deploy("1.1-SNAPSHOT", "second"));
    const refused = registry.log.filter(({ status }) => Number(status) >= 400 && status !== 404);
    expect(refused.filter(({ status }) => status !== 401)).toEqual([]);

    const { value } = await registry.mint({ permission: "read_only" });
    const reader = person(machine, url, value);
    const release = await succeed(reader.get("1.0"));
    expect(release).not.toMatch(/checksum validation failed|WARNING.*checksum/i);
    expect(await reader.has("com/acme/hello/1.0/hello-1.0.jar")).toBe(true);
    await succeed(reader.get("1.1-SNAPSHOT"));
    const headers = { authorization: `Bearer ${value}` };
    const metadata = await registry.fetch(`${mount}/com/acme/hello/1.1-SNAPSHOT/maven-metadata.xml`, {
      headers,
    });
    expect(await metadata.text()).toContain("<buildNumber>2</buildNumber>");
  });

  test("is told what was refused: a release again, a read-only token, a revoked one", async () => {
    await using registry = await startRegistry();
    await using machine = await openMachine();
    const url = registry.url + mount;
    const { token, value } = await registry.mint();
    const writer = person(machine, url, value);
    await succeed(writer.deploy("1.0"));
    expect(await fail(writer.deploy("1.0", "other bytes"))).toMatch(/409.*raise the version/);

    const readOnly = person(machine, url, (await registry.mint({ permission: "read_only" })).value);
    expect(await fail(readOnly.deploy("2.0"))).toMatch(/403.*read-only/);

    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect(await fail(writer.get("1.0"))).toMatch(/401/);
    expect(registry.log.at(-1)).toMatchObject({ status: 401 });
  });
});
