/** Fly.io's tokens as an agent handles them over stdio, with the bundle, docker, and a Fly.io that verifies. */
import { describe, expect, test } from "vitest";
import { type FakeFlyio, startFakeFlyio } from "../fakes/flyio/fake.ts";
import { agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { check, restore, revoke, setUp } from "./job.ts";
import { type Machine, openMachine } from "./machine.ts";

const machineOf = ({ url, registryHost }: FakeFlyio, more: Record<string, string>): Promise<Machine> =>
  openMachine({
    FLY_API_BASE_URL: url,
    FLY_FLAPS_BASE_URL: url,
    FLY_REGISTRY_HOST: registryHost,
    ...more,
  });

const ofAlice = (fake: FakeFlyio) => ({ FLY_API_TOKEN: fake.users[0]?.token ?? "" });

describe.each(["first", "legacy", "modern"] as const)("an agent with a client of the kind %s", (kind) => {
  test("gives the contractor a token that can only run uptime on app web, and takes it away", async () => {
    await using fake = await startFakeFlyio();
    await using machine = await machineOf(fake, ofAlice(fake));
    await using agent = await agentOn(machine, { kind });
    const path = machine.at("contractor");
    const { data } = await agent.call("generate_token", {
      name: "contractor",
      expires: "48h",
      flyio: { app: "web", kind: "machine-exec", commands: [["uptime"]] },
      deliver_to: "file",
      deliver_path: path,
    });
    expect(data.token).toMatchObject({ name: "[machine-exec] contractor", permission: "custom" });
    const header = ((await machine.read("contractor")) ?? "").trim();
    expect(await machine.mode("contractor")).toBe(0o600);
    const machine_id = fake.app("web").machines[0]?.id ?? "";
    const run = (...command: string[]) =>
      fake.verify(header, { app_name: "web", machine_id, action: "C", command }).allowed;
    expect([run("uptime"), run("uptime", "-p"), run("sh")]).toEqual([true, false, false]);

    const narrower = await agent.call("restrict_token", {
      from: `file:${path}`,
      restrictions: { machines: [machine_id], expires: "1h" },
    });
    expect(narrower.text).toMatch(/shown now and never again.*dies with the token/s);
    const explained = await agent.call("get_token", {
      from: `file:${path}`,
      access: { action: "control", app: "web", machine: machine_id, command: ["sh"] },
    });
    expect(explained.text).toMatch(/may only run exactly \["uptime"\]/);
    expect(explained.data.access).toMatchObject({
      locally: { allowed: false },
      by_issuer: { allowed: false },
    });

    const listed = await agent.call("list_tokens", { flyio: { app: "web" } });
    expect(listed.text).toContain("[machine-exec] contractor");
    await revoke(agent, [data.token?.id ?? ""]);
    expect([run("uptime"), fake.tokens.filter(({ revokedAt }) => !revokedAt)]).toEqual([false, []]);
    expect(agent.complaints).toEqual([]);
  });
});

describeWith(["docker"], "docker at Fly.io's registry", () => {
  test("logs in as x, with the bundle without its scheme, until the token is revoked", async () => {
    await using fake = await startFakeFlyio();
    await using machine = await machineOf(fake, ofAlice(fake));
    await using agent = await agentOn(machine);
    const id = await setUp(agent, "docker", { permission: "read_write", flyio: { app: "web" } });
    const config = (await machine.read(".docker/config.json")) ?? "";
    const { auth } = (JSON.parse(config) as { auths: Record<string, { auth: string }> }).auths[
      fake.registryHost
    ] ?? { auth: "" };
    expect(Buffer.from(auth, "base64").toString()).toMatch(/^x:fm2_[A-Za-z0-9+/=]+$/);
    expect(await check(agent, "docker")).toMatch(/^docker: works\n.*read_write/s);
    await revoke(agent, [id]);
    expect(await check(agent, "docker")).toMatch(/does not work/);
    await restore(agent, "docker");
    expect(await machine.read(".docker/config.json")).toBeNull();
  });
});

describe("the credential", () => {
  const status = async (machine: Machine) => {
    await using agent = await agentOn(machine);
    const { providers } = (await agent.call("get_status")).data as {
      providers: { id: string; configured: boolean; identity?: string; problem?: string }[];
    };
    return providers.find(({ id }) => id === "flyio");
  };

  test("is flyctl's own session, when no variable has one", async () => {
    await using fake = await startFakeFlyio();
    await using machine = await machineOf(fake, {});
    expect(await status(machine)).toMatchObject({ configured: false });
    await machine.write(".fly/config.yml", `access_token: ${fake.users[1]?.token}\n`, 0o600);
    expect(await status(machine)).toMatchObject({ configured: true, identity: "bob@example.com" });
  });

  test("is never what JFrog Fly keeps under the same name", async () => {
    await using fake = await startFakeFlyio();
    await using machine = await machineOf(fake, { FLY_ACCESS_TOKEN: "eyJ2ZXIiOiIyIn0.eyJzdWIiOiJhIn0.c2ln" });
    expect(await status(machine)).toMatchObject({
      configured: false,
      problem: expect.stringMatching(/JFrog Fly uses the same name/),
    });
    expect(fake.received).toEqual([]);
  });
});

test("two processes with one idempotency key leave one active token", async () => {
  await using fake = await startFakeFlyio();
  await using machine = await machineOf(fake, ofAlice(fake));
  await using first = await agentOn(machine);
  await using second = await agentOn(machine);
  const args = { name: "once", flyio: { app: "web" }, idempotency_key: "k" };
  const [one, other] = await Promise.all([first, second].map((agent) => agent.call("generate_token", args)));
  expect(one?.data.token?.id).toBe(other?.data.token?.id);
  expect(fake.tokens.filter(({ revokedAt }) => !revokedAt)).toHaveLength(1);
  expect([one, other].filter((result) => result?.data.credential)).toHaveLength(1);
});
