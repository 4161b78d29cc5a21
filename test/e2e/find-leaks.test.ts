/** A token that was committed and removed again is found in history by the bundle, and ended by the id that it gives. */
import { mkdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { Canaries } from "../support/canaries.ts";
import { agentOn } from "./agent.ts";
import { openMachine } from "./machine.ts";
import { succeed } from "./wares.ts";

test("a token in a repository's history is found and revoked", async () => {
  await using machine = await openMachine();
  await mkdir(machine.at("repo"));
  const git = (args: string) =>
    succeed(
      machine.run("git", `-c user.name=a -c user.email=a@a.example ${args}`, { cwd: machine.at("repo") }),
    );
  await git("init --quiet");
  await using agent = await agentOn(machine);
  const kept = { name: "npm", deliver_to: "file", deliver_path: machine.at("kept") };
  const id = (await agent.call("generate_token", kept)).data.token?.id;
  const value = ((await machine.read("kept")) ?? "").trim();
  const line = `//127.0.0.1/:_authToken=${value}\n`;
  await machine.write("repo/.npmrc", line);
  await git("add .npmrc");
  await git("commit --quiet -m 1");
  await git("rm --quiet .npmrc");
  await git("commit --quiet -m 2");

  const place = { paths: [machine.at("repo")] };
  expect((await agent.call("find_leaks", place)).data.findings).toEqual([]);
  const { data, text } = await agent.call("find_leaks", { ...place, git_history: true });
  const commit = (await git("rev-parse HEAD~1")).trim();
  expect(data.findings).toMatchObject([
    {
      path: machine.at("repo/.npmrc"),
      line: 1,
      column: 25,
      in: "history",
      commit,
      active: "yes",
      token: { id },
    },
  ]);
  const canaries = new Canaries();
  canaries.add(value);
  expect(canaries.in(JSON.stringify(data) + text)).toEqual([]);

  const [, advised = ""] = /revoke_token with ids \["([^"]+)"\]/.exec(text) ?? [];
  const asked = (await agent.call("revoke_token", { ids: [advised] })).data.confirmation_required;
  await agent.call("revoke_token", { ids: [advised], confirmation: asked?.confirmation });
  expect((await agent.call("find_leaks", { ...place, git_history: true })).data.findings).toMatchObject([
    { active: "no", token: { id, status: "revoked" } },
  ]);
});
