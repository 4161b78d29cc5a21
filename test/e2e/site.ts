/**
 * Two replicas of `fly-tokens http` behind a balancer, as an operator runs them for callers on other machines: with one
 * key and one registry; and with one state folder, or each with its own folder and one database.
 */
import { createHash, randomBytes } from "node:crypto";
import { expect } from "vitest";
import { type Agent, type AgentOptions, agentAt } from "./agent.ts";
import { type Balancer, balance } from "./balancer.ts";
import { bundle, type Machine, openMachine, type Program } from "./machine.ts";

export const host = "fly-tokens.example";
export const names = ["alice", "bob", "carol", "dave", "erin", "frank"] as const;
type Name = (typeof names)[number];

export const random = () => randomBytes(32).toString("hex");
const bearers = Object.fromEntries(names.map((name) => [name, random()])) as Record<Name, string>;
const callers = names.map((name) => {
  const sha256 = createHash("sha256").update(bearers[name]).digest("hex");
  return `${name}=${sha256}:tokens:read+tokens:write+tokens:revoke`;
});

export interface Site extends AsyncDisposable {
  machine: Machine;
  key: string;
  replicas: { program: Program; url: string }[];
  /** To both in turns, and to each alone. */
  both: Balancer;
  each: Balancer[];
  replica(key?: string): Promise<{ program: Program; url: string }>;
}

/**
 * @param settings of every program there
 * @param database of the replicas, each of which then has a folder of its own (`replica-0`, `replica-1` …)
 */
export async function openSite(settings: Record<string, string> = {}, database?: string): Promise<Site> {
  const machine = await openMachine(settings);
  await machine.registry();
  const key = random();
  let count = 0;
  /** What those who share no folder have instead. */
  const apart = async () =>
    database !== undefined && {
      FLY_TOKENS_HOME: machine.at(`replica-${count++}`),
      FLY_TOKENS_DATABASE_URL: database,
      FLY_TOKENS_LOCAL_KEY: ((await machine.read("fly-tokens/data/registry/admin-key")) ?? "").trim(),
    };
  const replica = async (withKey = key) => {
    const program = machine.start(
      process.execPath,
      [bundle, "http", "--port", "0", "--rate", "0", "--drain", "0"],
      {
        FLY_TOKENS_HTTP_KEY: withKey,
        FLY_TOKENS_HTTP_URL: `https://${host}/mcp`,
        FLY_TOKENS_HTTP_CALLERS: callers.join(","),
        ...(await apart()),
      },
    );
    const [, url = ""] = await program.said(/MCP at (http:\S+)/);
    return { program, url };
  };
  const replicas = await Promise.all([replica(), replica()]);
  const urls = replicas.map(({ url }) => url);
  const both = await balance(urls, host);
  const each = await Promise.all(urls.map((url) => balance([url], host)));
  return {
    machine,
    key,
    replicas,
    replica,
    both,
    each,
    async [Symbol.asyncDispose]() {
      for (const one of [both, ...each]) await one[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
    },
  };
}

export const come = (at: Balancer | undefined, as: Name = "alice", options: AgentOptions = {}) =>
  agentAt(at?.url ?? "", { authorization: `Bearer ${bearers[as]}` }, { kind: "modern", ...options });

export async function mint(agent: Agent, name: string): Promise<string> {
  const { text, data } = await agent.call("generate_token", { name, expires: "1h" });
  expect(data.credential?.token, text).toMatch(/^flyt_/);
  return data.token?.id ?? "";
}

export async function offered(agent: Agent, id: string): Promise<string> {
  const { data, text } = await agent.call("revoke_token", { ids: [id] });
  expect(data.confirmation_required, text).toBeDefined();
  return data.confirmation_required?.confirmation ?? "";
}

/** How a call ends: `revoked`, or the code of its refusal. */
export async function redeemed(agent: Agent, id: string, confirmation: string): Promise<string> {
  const { code, data } = await agent.call("revoke_token", { ids: [id], confirmation });
  return code || ((data.outcomes as { outcome: string }[])[0]?.outcome ?? "");
}

export async function inLots<Item>(
  items: readonly Item[],
  size: number,
  act: (item: Item) => Promise<unknown>,
) {
  for (let at = 0; at < items.length; at += size) await Promise.all(items.slice(at, at + size).map(act));
}
