/** What two replicas behind a balancer keep, whatever they share: a folder, or a database. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Agent } from "./agent.ts";
import { come, inLots, mint, offered, redeemed, type Site } from "./site.ts";

/** Registers the tests. @param open the site, once the tests before it have run */
export function keepsSiteLaws(open: () => Site): void {
  let site: Site;
  let one: Agent;
  let two: Agent;
  beforeAll(async () => {
    site = open();
    [one, two] = await Promise.all([come(site.each[0]), come(site.each[1])]);
  });
  afterAll(async () => {
    for (const agent of [one, two]) await agent[Symbol.asyncDispose]();
  });

  test.each(["first", "legacy", "modern"] as const)(
    "the second answers a confirmation that the first issued (%s client)",
    async (kind) => {
      await using first = await come(site.each[0], "alice", { kind });
      await using second = await come(site.each[1], "alice", { kind });
      const id = await mint(first, `of-${kind}`);
      const confirmation = await offered(first, id);
      expect(await redeemed(second, id, confirmation)).toBe("revoked");
      for (const agent of [first, second]) expect(await redeemed(agent, id, confirmation)).toBe("declined");
      const { data } = await first.call("get_token", { id });
      expect(data.token).toMatchObject({ status: "revoked" });
    },
  );

  test("of fifty handles that come to both at the same moment, each is taken by exactly one", async () => {
    const handles: { id: string; confirmation: string }[] = [];
    const fifty = Array.from({ length: 50 }, (_, at) => at);
    await inLots(fifty, 5, async (at) => {
      const id = await mint(one, `twice-${at}`);
      handles.push({ id, confirmation: await offered(at % 2 ? one : two, id) });
    });
    expect(handles).toHaveLength(50);
    await inLots(handles, 5, async ({ id, confirmation }) => {
      const ends = await Promise.all([one, two].map((agent) => redeemed(agent, id, confirmation)));
      expect([...ends].sort()).toEqual(["declined", "revoked"]);
    });
  });

  test("a form of one is answered at the other", async () => {
    let asked = 0;
    const types = (message: string) => {
      asked += 1;
      return /Revoke (\S+) \(/.exec(message)?.[1] ?? "";
    };
    await using agent = await come(site.both, "alice", { types });
    for (const name of ["form-a", "form-b", "form-c"]) {
      const id = await mint(agent, name);
      const before = site.both.answered.length;
      const { data, text } = await agent.call("revoke_token", { ids: [id] });
      expect(data.outcomes, text).toMatchObject([{ id, outcome: "revoked" }]);
      const legs = site.both.answered.slice(before).filter(({ method }) => method === "tools/call");
      expect(legs.map(({ by }) => by).sort()).toEqual([0, 1]);
    }
    expect(asked).toBe(3);
  });
}
