/** JFrog Fly's tokens as an agent handles them over stdio, with the bundle, npm, pip and docker, and a platform that checks. */
import { describe, expect, test } from "vitest";
import { type FakeJfrog, startFakeJfrog } from "../fakes/jfrog/fake.ts";
import { agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { check, restore, revoke, setUp } from "./job.ts";
import { type Machine, openMachine } from "./machine.ts";
import { fail, succeed } from "./wares.ts";

const machineOf = ({ url, developer }: FakeJfrog, more = {}): Promise<Machine> =>
  openMachine({ JFROG_URL: url, JFROG_ACCESS_TOKEN: developer.token, ...more });

describe.each(["first", "legacy", "modern"] as const)("an agent with a client of the kind %s", (kind) => {
  test("generates a deployment token for production and a read-only one for staging, and ends them", async () => {
    await using fake = await startFakeJfrog();
    await using machine = await machineOf(fake);
    await using agent = await agentOn(machine, { kind });
    const ids: string[] = [];
    for (const environment of ["production", "staging"]) {
      const { data, text } = await agent.call("generate_token", {
        name: `${environment} deploy`,
        environment,
      });
      expect(text).toMatch(/shown now and never again/);
      expect(data.token).toMatchObject({ environment, permission: "read_only" });
      expect(data.credential?.username).toBe(fake.developer.username);
      const id = data.token?.id ?? "";
      expect(fake.token(id)).toMatchObject({ value: data.credential?.token, revocable: true });
      expect(fake.token(id)?.scope).toMatch(/^artifact:npm:r( artifact:\w+:r)+$/);
      ids.push(id);
    }
    const listed = await agent.call("list_tokens", { environment: "staging", status: "active" });
    expect(listed.data.tokens).toMatchObject([{ id: ids[1], name: "staging deploy" }]);
    const described = await agent.call("describe_environment", { name: "production" });
    expect(described).toMatchObject({ isError: false });
    expect(described.text).toMatch(/JFrog Fly/);
    await revoke(agent, ids);
    const { data } = await agent.call("list_tokens", { status: "revoked" });
    expect((data.tokens as { id: string }[]).map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(agent.complaints).toEqual([]);
    expect(fake.violations).toEqual([]);
  });
});

describeWith(["npm", "pip", "docker"], "npm, pip and docker at JFrog Fly", () => {
  test("are set up with one token at the documented addresses, until it is revoked", async () => {
    await using fake = await startFakeJfrog();
    await using machine = await machineOf(fake);
    await using agent = await agentOn(machine);
    const id = await setUp(agent, "npm,pip,docker", { permission: "read_write" });
    const value = fake.token(id)?.value ?? "";
    expect(await machine.read(".npmrc")).toBe(
      `registry=${fake.url}/artifactory/api/npm/npm/\n//${fake.host}/artifactory/api/npm/npm/:_authToken=${value}\n`,
    );
    expect(await machine.read(".config/pip/pip.conf")).toContain(
      `${fake.host}/artifactory/api/pypi/pypi/simple`,
    );
    const { auths } = JSON.parse((await machine.read(".docker/config.json")) ?? "") as {
      auths: Record<string, { auth: string }>;
    };
    const login = Buffer.from(auths[fake.host]?.auth ?? "", "base64").toString();
    expect(login).toBe(`${fake.developer.username}:${value}`);

    expect(await succeed(machine.run("npm", "whoami"))).toBe(`${fake.developer.username}\n`);
    for (const manager of ["npm", "pip", "docker"])
      expect(await check(agent, manager)).toMatch(new RegExp(`^${manager}: works\n.*read_write`, "s"));
    await revoke(agent, [id]);
    expect(await fail(machine.run("npm", "whoami"))).toMatch(/E401|401/);
    for (const manager of ["npm", "pip", "docker"])
      expect(await check(agent, manager)).toMatch(/does not work: the token .+ is revoked/);
    await restore(agent, "npm");
    expect(await machine.read(".npmrc")).toBeNull();
    expect(fake.violations).toEqual([]);
  });
});

test("the browser login is enough, and prints no token", async () => {
  await using fake = await startFakeJfrog();
  await using machine = await openMachine();
  const login = machine.start(process.execPath, [
    new URL("../../dist/main.js", import.meta.url).pathname,
    "login",
    "jfrog",
    "--url",
    fake.url,
  ]);
  const [, session = ""] = await login.said(/jfClientSession=([\w-]+)/);
  expect(fake.approve(session)).toBe(true);
  expect([await login.ended, login.stderr()]).toEqual([0, expect.not.stringContaining("eyJ")]);
  expect(login.stdout()).not.toContain("eyJ");
  await using agent = await agentOn(machine);
  const { data } = await agent.call("get_status");
  expect(data).toMatchObject({ default_provider: "jfrog" });
});
