/** Gradle with the files that the agent wrote. What the registry has logged decides. */
import { expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { agentOn } from "../agent.ts";
import { describeWith } from "../clients.ts";
import { check, restore, revoke, setUp } from "../job.ts";
import { type Machine, openMachine } from "../machine.ts";
import { fail, succeed } from "../wares.ts";

const mine = "# mine\r\norg.gradle.daemon = false\r\n\r\nflyToken : former\\\r\n  Token\r\n! end";
const mount = "/artifactory/maven";

/** A machine that has Gradle's files in it, as somebody left them. */
async function gradleMachine(registry: TestRegistry): Promise<Machine> {
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
  });
  machine.env.GRADLE_USER_HOME = machine.at("gradle");
  machine.env.JAVA_OPTS = "-XX:TieredStopAtLevel=1"; // a build of a second is not worth optimizing
  await machine.write("gradle/gradle.properties", mine);
  await machine.write("gradle/init.d/own.gradle", "allprojects { ext.own = 'kept' }\n");
  return machine;
}

/** Runs one task of a project, with nothing from a cache. */
async function gradle(machine: Machine, project: string, task: string, env: Record<string, string> = {}) {
  const args = ["--no-daemon", "-q", "--refresh-dependencies", task];
  return machine.run("gradle", args, { cwd: machine.at(project), env, timeout: 110_000 });
}

/** Prints what it resolved, and which repositories there are. */
async function consumer({ write, at }: Machine, version = "1.0"): Promise<void> {
  await write("app/settings.gradle", "");
  await write(
    "app/build.gradle",
    `apply plugin: 'java'
repositories { maven { name = 'own'; url = uri('${at("own")}') } }
dependencies { compile 'com.acme:hello:${version}' }
task show { doLast {
  println "REPOSITORIES \${project.repositories*.name} OWN \${project.ext.own}"
  configurations.compile.files.each { println "RESOLVED \${it.name}" }
} }
task names { doLast { println "REPOSITORIES \${project.repositories*.name}" } }
`,
  );
}

/**
 * Publishes a jar to the repository that our script has added. Debian's Gradle cannot publish in Maven's way (it has
 * no transport for that), so that Gradle's own uploader does it, with URL and login of that repository.
 */
async function library({ write, at }: Machine, version: string): Promise<void> {
  await write("hello/settings.gradle", "rootProject.name = 'hello'\n");
  await write("hello/src/main/java/Hello.java", "public class Hello {}\n");
  await write(
    "hello/build.gradle",
    `apply plugin: 'java'
apply plugin: 'maven-publish'
apply plugin: 'ivy-publish'
group = 'com.acme'
version = '${version}'
publishing {
  repositories { maven { name = 'own'; url = uri('${at("own")}') } }
  publications { lib(IvyPublication) { from components.java } }
}
afterEvaluate {
  def fly = publishing.repositories.fly
  println "PUBLISHING \${publishing.repositories*.name}"
  publishing.repositories.ivy {
    name = 'upload'
    url = fly.url
    layout 'maven'
    credentials { username = fly.credentials.username; password = fly.credentials.password }
  }
}
`,
  );
}

const upload = "publishLibPublicationToUploadRepository";

describeWith(["gradle"], "gradle", () => {
  test("publishes and resolves, is refused as the token is, and gets back its files byte for byte", async () => {
    await using registry = await startRegistry();
    await using machine = await gradleMachine(registry);
    await using agent = await agentOn(machine);
    const before = await machine.tree();
    const asked = (method: string, file: string) =>
      registry.log.findLast(
        (line) => line.method === method && line.path === `${mount}/com/acme/hello/${file}`,
      );

    await setUp(agent, "gradle", { permission: "read_write" });
    expect(await machine.read("gradle/gradle.properties")).toContain(
      "# mine\r\norg.gradle.daemon = false\r\n\r\n",
    );
    await library(machine, "1.0");
    expect(await succeed(gradle(machine, "hello", upload))).toContain("PUBLISHING [own, fly]");
    expect(asked("PUT", "1.0/hello-1.0.jar")).toMatchObject({ status: 201 });
    expect(asked("PUT", "1.0/hello-1.0.jar.sha1")).toMatchObject({ status: 201 });

    const id = await setUp(agent, "gradle");
    await consumer(machine);
    expect(await succeed(gradle(machine, "app", "show"))).toMatch(
      /REPOSITORIES \[own, fly\] OWN kept\nRESOLVED hello-1\.0\.jar/,
    );
    expect(asked("GET", "1.0/hello-1.0.jar")).toMatchObject({ status: 200, token: id });
    await library(machine, "2.0");
    expect(await fail(gradle(machine, "hello", upload))).toMatch(/403/);
    expect(asked("PUT", "2.0/hello-2.0.jar")).toMatchObject({ status: 403, token: id });

    await revoke(agent, [id]);
    expect(await fail(gradle(machine, "app", "show"))).toMatch(/Received status code 401 from server/);
    expect(await check(agent, "gradle")).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "gradle");
    await restore(agent, "gradle");
    const after = await machine.tree();
    for (const name of Object.keys(before).filter((file) => file.startsWith("gradle/")))
      expect([name, after[name]]).toEqual([name, before[name]]);
    expect(after["gradle/init.d/fly.init.gradle"]).toBeUndefined();
  });

  test("takes the token from the environment, and without it builds as if nothing had been set up", async () => {
    await using registry = await startRegistry();
    await using machine = await gradleMachine(registry);
    const { value } = await registry.mint();
    await using agent = await agentOn(machine, { env: { FLY_TOKEN: value } });
    const put = { method: "PUT", body: "jar", headers: { authorization: `Bearer ${value}` } };
    await registry.fetch(`${mount}/com/acme/hello/1.0/hello-1.0.jar`, put);
    await setUp(agent, "gradle", { secret_style: "reference", token_from: "env:FLY_TOKEN" });
    expect(await machine.read("gradle/gradle.properties")).toMatch(
      /\r\nflyToken : \r\n! end\r\nflyUser : admin$/,
    );
    await consumer(machine);
    expect(await succeed(gradle(machine, "app", "names"))).toContain("REPOSITORIES [own]\n");
    const dead = { FLY_TOKEN: "dead" };
    for (const env of [{ FLY_TOKEN: value }, { ...dead, ORG_GRADLE_PROJECT_flyToken: value }])
      expect(await succeed(gradle(machine, "app", "show", env))).toContain("RESOLVED hello-1.0.jar");
  });
});
