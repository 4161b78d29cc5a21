/** pip and twine at an index that a team already runs, through our tokens: here our own registry, behind another one. */
import { expect, test } from "vitest";
import { Secret } from "../../src/secret.ts";
import { startRegistry } from "../support/registry.ts";
import { agentOn } from "./agent.ts";
import { describeWith } from "./clients.ts";
import { check, mint, revoke, setUp } from "./job.ts";
import { openMachine } from "./machine.ts";
import { fail, succeed, twineUpload } from "./wares.ts";

const mount = "/artifactory/api/pypi/pypi";

/** An index with its own token, the registry with the gateway to it, and a person with an agent. */
async function openTeam() {
  const index = await startRegistry();
  const own = await index.mint({ name: "gateway" });
  const { host } = new URL(index.url);
  const pypi = new Secret(`http://__token__:${own.value}@${host}${mount}`);
  const registry = await startRegistry({ gateway: { upstreams: { pypi } } });
  const machine = await openMachine({
    FLY_TOKENS_LOCAL_URL: registry.url,
    FLY_TOKENS_LOCAL_KEY: registry.adminKey,
  });
  const agent = await agentOn(machine);
  const lines = (log: typeof registry.log, token: string) =>
    log
      .filter((line) => line.token === token && `${line.path}`.startsWith(mount))
      .map(({ method, status, path }) => `${method} ${status} ${`${path}`.slice(mount.length)}`);
  return {
    index,
    own,
    registry,
    machine,
    agent,
    download: (what: string) => machine.run("pip", `download --no-deps --no-cache-dir -d out ${what}`),
    /** What came to us with a token, and what of it came to the index with ours. */
    asked: (token: string) => lines(registry.log, token),
    behind: () => lines(index.log, own.token.id),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
      await registry.close();
      await index.close();
    },
  };
}

const file = "fly_hello-1.0.0-py3-none-any.whl";

describeWith(["pip", "twine", "python3"], "pip and twine through the gateway to an index", () => {
  test("are set up by the agent; what twine uploads is there behind, and pip downloads it from here", async () => {
    await using team = await openTeam();
    const { agent, machine, download, asked, behind } = team;
    const id = await setUp(agent, "pip", { permission: "read_only" });
    const writer = await mint(agent, "read_write");
    await succeed(twineUpload({ ...machine, url: team.registry.url }, writer, "1.0.0"));
    expect(asked(writer.id)).toEqual(["POST 200 /"]);
    await succeed(download("Fly.Hello"));
    expect(asked(id).slice(-2)).toEqual(["GET 200 /simple/fly-hello/", `GET 200 /packages/${file}`]);
    expect(behind()).toEqual(expect.arrayContaining(["POST 200 /", `GET 200 /packages/${file}`]));
    expect(await check(agent, "pip")).toMatch(/works/);
    const all = JSON.stringify([team.index.log, team.registry.log]);
    expect(all).not.toMatch(new RegExp(`flyt_[0-9A-Za-z]{9}|${team.own.value}`));
  });

  test("may not upload with a read-only token, and are refused on the next request when it is revoked", async () => {
    await using team = await openTeam();
    const { agent, machine, download, behind } = team;
    const reader = await mint(agent, "read_only");
    const here = { ...machine, url: team.registry.url };
    expect(await fail(twineUpload(here, reader, "1.0.0"))).toContain("403");
    const id = await setUp(agent, "pip");
    const before = behind().length;
    await revoke(agent, [id, reader.id]);
    expect(await fail(download("fly-hello"))).toContain("No matching distribution found");
    expect(await fail(twineUpload(here, reader, "1.0.0"))).toContain("401");
    expect(await check(agent, "pip")).toMatch(/does not work: the token .+ is revoked/);
    expect(behind()).toHaveLength(before);
  });

  test("are told that it is not their fault when the index does not know the gateway any more", async () => {
    await using team = await openTeam();
    const { agent, machine, index, own, registry } = team;
    const writer = await mint(agent, "read_write");
    await index.call("POST", `/tokens/${own.token.id}/revoke`);
    // twine breaks lines.
    const said = (await fail(twineUpload({ ...machine, url: registry.url }, writer, "1.0.0"))).replace(
      /\s+/g,
      " ",
    );
    expect(said).toMatch(/502.*The registry behind this one does not accept the gateway's own credential/);
  });
});
