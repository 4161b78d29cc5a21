/** What one of two replicas gives out the other takes, and of both only one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AskedFor } from "../../src/confirmations/confirmations.ts";
import { openConfirmations } from "../../src/confirmations/index.ts";
import { Seal } from "../../src/seal.ts";
import { Secret } from "../../src/secret.ts";
import { FolderOnce } from "../../src/state/once.ts";
import { type Agent, resultOf } from "./agent.ts";
import { balance } from "./balancer.ts";
import { describeWith } from "./clients.ts";
import { bundle } from "./machine.ts";
import { come, host, inLots, mint, offered, openSite, random, redeemed, type Site } from "./site.ts";
import { keepsSiteLaws } from "./site-laws.ts";
import { typist } from "./typist.ts";

describe("two replicas", () => {
  let site: Site;
  let one: Agent;
  let two: Agent;
  beforeAll(async () => {
    site = await openSite();
    [one, two] = await Promise.all([come(site.each[0]), come(site.each[1])]);
  });
  afterAll(() => site[Symbol.asyncDispose]());

  keepsSiteLaws(() => site);

  describe("a form's state", () => {
    const accepted = (confirm: string) => ({ confirm: { action: "accept", content: { confirm } } });

    /** A leg as a client sends it by hand. */
    async function leg(agent: Agent, id: string, params: object = {}) {
      const call = { name: "revoke_token", arguments: { ids: [id] }, ...params };
      const raw = (await agent.client.callTool(call as never, { allowInputRequired: true })) as {
        requestState?: string;
      };
      return { requestState: raw.requestState ?? "", ...(raw.requestState ? {} : resultOf(raw)) };
    }
    const types = () => "";

    test("is nobody else's, and no other key's, and good for nothing when any character is another", async () => {
      const lone = await site.replica(random());
      await using alone = await balance([lone.url], host);
      await using alice = await come(site.each[0], "alice", { types });
      await using other = await come(site.each[1], "alice", { types });
      await using bob = await come(site.each[1], "bob", { types });
      await using foreign = await come(alone, "alice", { types });
      const id = await mint(alice, "stateful");
      const { requestState } = await leg(alice, id);
      const inputResponses = accepted("stateful");
      const invalid = { code: -32602 };
      for (const agent of [bob, foreign])
        await expect(leg(agent, id, { requestState, inputResponses })).rejects.toMatchObject(invalid);
      const places = Array.from(requestState, (_, at) => at);
      await inLots(places, 8, async (at) => {
        const letter = requestState[at] === "A" ? "B" : "A";
        const forged = `${requestState.slice(0, at)}${letter}${requestState.slice(at + 1)}`;
        await expect(leg(other, id, { requestState: forged, inputResponses })).rejects.toMatchObject(invalid);
      });
      const { data } = await leg(other, id, { requestState, inputResponses });
      expect(data?.outcomes).toMatchObject([{ outcome: "revoked" }]);
      lone.program.child.kill("SIGKILL");
    });
  });

  test("a handle is nobody else's, and no other key's", async () => {
    const lone = await site.replica(random());
    await using alone = await balance([lone.url], host);
    await using bob = await come(site.each[1], "bob");
    await using foreign = await come(alone);
    const id = await mint(one, "guarded");
    const confirmation = await offered(one, id);
    const unknown = await bob.call("revoke_token", { ids: [id], confirmation: "confirm_unknown" });
    for (const agent of [bob, foreign]) {
      const refused = await agent.call("revoke_token", { ids: [id], confirmation });
      expect([refused.code, refused.text]).toEqual(["declined", unknown.text]);
    }
    expect(await redeemed(two, id, confirmation)).toBe("revoked");
    lone.program.child.kill("SIGKILL");
  });

  test("a handle is good for nothing when any character of it is another", async () => {
    const id = await mint(one, "tampered");
    const confirmation = await offered(one, id);
    const places = Array.from(confirmation, (_, at) => at);
    expect(places.length).toBeGreaterThan(100);
    await inLots(places, 8, async (at) => {
      const letter = confirmation[at] === "A" ? "B" : "A";
      const forged = `${confirmation.slice(0, at)}${letter}${confirmation.slice(at + 1)}`;
      expect(await redeemed(at % 2 ? one : two, id, forged)).toBe("declined");
    });
    expect(await redeemed(two, id, confirmation)).toBe("revoked");
  });

  test("a handle ends after ten minutes, and not before", async () => {
    const id = await mint(one, "timely");
    const call: AskedFor = { tool: "revoke_token", args: { ids: [id] }, caller: "alice" };
    /** As a replica would have given it out some time ago. */
    const aged = (age: number) => {
      const now = () => new Date(Date.now() - age);
      const shared = {
        seal: new Seal(new Secret(site.key)),
        once: new FolderOnce(site.machine.at("unused"), now),
        approved: new FolderOnce(site.machine.at("unused"), now),
      };
      const desk = openConfirmations({ state: site.machine.at("unused"), now, shared });
      return desk.offer(call, { lines: [], ids: [id], phrase: "timely" });
    };
    expect(await redeemed(one, id, await aged(600_000))).toBe("declined");
    expect(await redeemed(one, id, await aged(540_000))).toBe("revoked");
  });

  test("the log of both is one log, and says who agreed how", async () => {
    const { code, stdout } = await site.machine.flyTokens(["audit", "verify"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("as it was written")]);
    const shown = await site.machine.flyTokens(["audit", "show", "--caller", "alice", "--json"]);
    const calls = shown.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { caller: string; consent?: string; transport: string });
    expect(new Set(calls.map(({ caller, transport }) => `${caller} ${transport}`))).toEqual(
      new Set(["alice http"]),
    );
    const ways = new Set(calls.map(({ consent }) => consent));
    for (const way of ["form", "confirmation", "not needed"]) expect(ways).toContain(way);
  });
});

describeWith(["python3"], "where a person has to approve at a terminal", () => {
  test("they see the plan and who asked for it, and every replica knows of it", async () => {
    await using site = await openSite({ FLY_TOKENS_CONFIRM: "always" });
    await using one = await come(site.each[0]);
    await using two = await come(site.each[1]);
    const id = await mint(one, "waiting");
    const confirmation = await offered(one, id);
    expect(await redeemed(two, id, confirmation)).toBe("needs_confirmation");
    const approve = (env: Record<string, string>) =>
      site.machine.run(
        "python3",
        ["-c", typist, "waiting", process.execPath, bundle, "approve", confirmation],
        { env },
      );
    const without = await approve({});
    expect([without.code, without.stdout]).toEqual([3, expect.stringContaining("FLY_TOKENS_HTTP_KEY")]);
    expect(await redeemed(two, id, confirmation)).toBe("needs_confirmation");
    const { code, stdout } = await approve({ FLY_TOKENS_HTTP_KEY: site.key });
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/revoke_token, asked for by alice[\s\S]*Revoke waiting/),
    ]);
    expect(await redeemed(two, id, confirmation)).toBe("revoked");
    expect(await redeemed(one, id, confirmation)).toBe("declined");
  });
});
