/** Other people's clients at `fly-tokens http`: what they do over stdio they do here, each for itself. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prompts } from "../../prompts/index.generated.ts";
import { tools } from "../../tools/index.generated.ts";
import { startRegistry } from "../support/registry.ts";
import { type Agent, type AgentOptions, agentAt, agentOn } from "./agent.ts";
import { authorization, serve } from "./http-server.ts";
import { type Machine, openMachine } from "./machine.ts";
import { openGate } from "./servers/gate.ts";

const headers = { authorization };

const kinds: [string, AgentOptions & { kind: "first" | "legacy" | "modern" }][] = [
  ["the first SDK", { kind: "first" }],
  ["the second SDK in the legacy era", { kind: "legacy" }],
  ["the second SDK in the modern era", { kind: "modern" }],
];

async function mint(agent: Agent, name: string) {
  const { isError, text, data } = await agent.call("generate_token", { name, expires: "1h" });
  expect(isError, text).toBe(false);
  return { id: data.token?.id ?? "", value: data.credential?.token ?? "" };
}

/** The names of the tokens that can be used. */
async function active(agent: Agent): Promise<string[]> {
  const { data } = await agent.call("list_tokens", { status: "active", limit: 200 });
  return (data.tokens as { name: string }[]).map(({ name }) => name);
}

describe("a client over HTTP", () => {
  let machine: Machine;
  let url: string;
  beforeAll(async () => {
    machine = await openMachine();
    ({ url } = await serve(machine));
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  test.each(kinds)("%s lists, mints, and revokes what its user agrees to", async (_, options) => {
    const asked: string[] = [];
    const types = (message: string) => {
      asked.push(message);
      return /Revoke (\S+) \(/.exec(message)?.[1] ?? "";
    };
    await using agent = await agentAt(url, headers, { ...options, types });
    expect((await agent.tools()).map(({ name }) => name).sort()).toEqual(
      tools.map(({ name }) => name).sort(),
    );
    const name = `of-${options.kind}`;
    expect(await active(agent)).not.toContain(name);
    const { id, value } = await mint(agent, name);
    expect(value).toMatch(/^flyt_/);
    expect(await active(agent)).toContain(name);

    let revoked = await agent.call("revoke_token", { ids: [id] });
    if (options.kind === "modern") expect(asked).toEqual([expect.stringContaining(name)]);
    else {
      // Nobody can be asked in the middle of a call: this era is served without connections.
      expect(asked).toEqual([]);
      const { plan, confirmation } = revoked.data.confirmation_required ?? {};
      expect(plan?.join()).toContain(name);
      expect(await active(agent)).toContain(name);
      revoked = await agent.call("revoke_token", { ids: [id], confirmation });
      const again = await agent.call("revoke_token", { ids: [id], confirmation });
      expect(again.code).toBe("declined");
    }
    expect(revoked.data.outcomes).toMatchObject([{ id, outcome: "revoked" }]);
    expect(await active(agent)).not.toContain(name);
    expect(agent.complaints).toEqual([]);
  });

  test.each(kinds)("%s gets prompts, resources, and errors that say what to do", async (_, options) => {
    await using agent = await agentAt(url, headers, options);
    const listed = (await agent.client.listPrompts()).prompts.map(({ name }) => name);
    expect(listed.sort()).toEqual(prompts.map(({ name }) => name).sort());
    const prompt = await agent.client.getPrompt({ name: "set-up-this-machine" });
    expect(prompt.messages).toMatchObject([{ content: { text: expect.stringContaining("get_status") } }]);
    const { id, value } = await mint(agent, `read-by-${options.kind}`);
    const uris = (await agent.client.listResources()).resources.map(({ uri }) => uri);
    expect(uris).toContain("fly-tokens://tokens");
    const { contents } = await agent.client.readResource({ uri: "fly-tokens://tokens" });
    expect(JSON.stringify(contents)).toContain(id);
    expect(JSON.stringify(contents)).not.toContain(value);
    const refused = await agent.client.callTool({ name: "get_token", arguments: { id: "tok_unknown" } });
    expect(refused.isError).toBe(true);
    const [words, machine] = (refused.content as { text: string }[]).map(({ text }) => text);
    const { error } = JSON.parse(machine ?? "") as { error: { code: string; fix: string } };
    expect(error).toMatchObject({ code: "not_found", fix: expect.stringContaining("list_tokens") });
    expect(words).toContain(error.fix);
    expect(agent.complaints).toEqual([]);
  });

  test("six of them at once see only their own answers", async () => {
    await Promise.all(
      [...kinds, ...kinds].map(async ([, options], at) => {
        await using agent = await agentAt(url, headers, options);
        for (const turn of [1, 2, 3]) {
          const name = `client-${at}-turn-${turn}`;
          const listed = agent.call("list_tokens", { name: `client-${at}-` });
          const [minted, own] = await Promise.all([agent.call("generate_token", { name }), listed]);
          expect(minted.data.token).toMatchObject({ name });
          for (const token of own.data.tokens as { name: string }[])
            expect(token.name).toMatch(new RegExp(`^client-${at}-`));
          const { data } = await agent.call("get_token", { id: minted.data.token?.id });
          expect(data.token).toMatchObject({ name });
        }
        expect(agent.complaints).toEqual([]);
      }),
    );
  });

  test("gets what it would get over stdio", async () => {
    await using here = await agentOn(machine, { kind: "modern" });
    await using there = await agentAt(url, headers, { kind: "modern" });
    const { id } = await mint(here, "seen-from-both-sides");
    const both = async (see: (agent: Agent) => Promise<unknown>) =>
      expect(await see(there)).toEqual(await see(here));
    await both((agent) => agent.tools());
    await both((agent) => agent.client.listPrompts());
    await both((agent) => agent.client.listResources());
    await both((agent) => agent.client.readResource({ uri: "fly-tokens://tokens" }));
    const calls: [string, Record<string, unknown>][] = [
      ["get_status", {}],
      ["list_tokens", { name: "seen" }],
      ["get_token", { id }],
      ["describe_environment", {}],
      ["configure_package_manager", { manager: "npm", dry_run: true }],
      ["configure_package_manager", { manager: "np" }],
      ["get_token", { id: "tok_unknown" }],
      ["revoke_token", { ids: [] }],
    ];
    for (const [name, args] of calls) await both((agent) => agent.client.callTool({ name, arguments: args }));
  });
});

describe("a call that is given up in the middle", () => {
  /** The registry has made the token, and its answer is on the way. */
  async function inTheMiddle(options: AgentOptions, way: "http" | "stdio" = "http") {
    const registry = await startRegistry();
    const gate = await openGate(registry.url);
    const settings = { FLY_TOKENS_LOCAL_URL: gate.url, FLY_TOKENS_LOCAL_KEY: registry.adminKey };
    const machine = await openMachine(settings);
    const agent =
      way === "http"
        ? await agentAt((await serve(machine)).url, headers, options)
        : await agentOn(machine, options);
    const held = gate.hold("POST", /\/tokens$/);
    const given = new AbortController();
    const call = agent.callUntil(given.signal, "generate_token", { name: "nobodys" }).then(
      () => "answered",
      () => "given up",
    );
    const letGo = await held;
    const statuses = async () => {
      const response = await registry.call("GET", "/tokens?name=nobodys");
      return ((await response.json()) as { tokens: { status: string }[] }).tokens.map(({ status }) => status);
    };
    expect(await statuses()).toEqual(["active"]);
    return {
      agent,
      call,
      cancel: () => given.abort(),
      letGo,
      statuses,
      async [Symbol.asyncDispose]() {
        await agent.client.close();
        await machine[Symbol.asyncDispose]();
        await gate[Symbol.asyncDispose]();
        await registry.close();
      },
    };
  }

  // In the legacy era a client cancels by a message of its own: over HTTP nothing ties it to the call (docs/conformance.md).
  const cancelling: ["http" | "stdio", AgentOptions][] = [
    ["http", { kind: "modern" }],
    ["stdio", { kind: "modern" }],
    ["stdio", { kind: "first" }],
  ];
  test.each(cancelling)("leaves no token when it is cancelled: %s, %o", async (way, options) => {
    await using middle = await inTheMiddle(options, way);
    middle.cancel();
    expect(await middle.call).toBe("given up");
    middle.letGo();
    await expect.poll(middle.statuses, { timeout: 20_000 }).toEqual(["revoked"]);
  });

  test.each(kinds)("leaves no token when a client goes away: %s", async (_, options) => {
    await using middle = await inTheMiddle(options);
    await middle.agent.client.close();
    expect(await middle.call).toBe("given up");
    middle.letGo();
    await expect.poll(middle.statuses, { timeout: 20_000 }).toEqual(["revoked"]);
  });
});
