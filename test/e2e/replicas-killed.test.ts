/** One of two replicas dies in the middle of its work: what clients were told is so, and the other goes on. */
import { expect, test } from "vitest";
import type { Agent } from "./agent.ts";
import { come, names, openSite } from "./site.ts";

test("a replica that is killed under load takes no answer with it, and the other goes on", async () => {
  await using site = await openSite();
  const { machine, both, replicas } = site;
  /** What clients were told of each token. */
  const told = new Map<string, "active" | "revoked" | "unknown">();
  const counts = { answered: 0, unanswered: 0, after: 0 };
  let isKilled = false;
  let isDead = false;
  const enough = () => counts.after >= 60;

  /** `undefined` when there was no answer: then nothing was told. */
  async function tried(agent: Agent, name: string, args: Record<string, unknown>) {
    const late = isDead;
    try {
      const result = await agent.call(name, args);
      counts.answered += 1;
      if (late) counts.after += 1;
      if (counts.answered >= 60 && !isKilled) {
        isKilled = true;
        replicas[0]?.program.child.kill("SIGKILL");
        void replicas[0]?.program.ended.then(() => {
          isDead = true;
        });
      }
      return result;
    } catch (error) {
      // What is sent after its death comes to the other.
      expect(late, String(error)).toBe(false);
      counts.unanswered += 1;
      return undefined;
    }
  }

  async function work(agent: Agent, name: string) {
    for (let turn = 0; !enough(); turn += 1) {
      const minted = await tried(agent, "generate_token", { name: `${name}-${turn}`, expires: "1h" });
      if (!minted) continue;
      expect(minted.isError, minted.text).toBe(false);
      const id = minted.data.token?.id ?? "";
      told.set(id, "active");
      if (turn % 2) continue;
      const first = await tried(agent, "revoke_token", { ids: [id] });
      const confirmation = first?.data.confirmation_required?.confirmation;
      if (confirmation === undefined) continue;
      told.set(id, "unknown");
      const second = await tried(agent, "revoke_token", { ids: [id], confirmation });
      if (!second) continue;
      expect(second.data.outcomes, second.text).toMatchObject([{ id, outcome: "revoked" }]);
      told.set(id, "revoked");
    }
  }

  const agents = await Promise.all(names.map((name) => come(both, name)));
  await Promise.all(agents.map((agent, at) => work(agent, names[at] ?? "")));
  expect(await replicas[0]?.program.ended).toBe("SIGKILL");

  const parts = [0, 1].map((by) => both.answered.filter((one) => one.by === by).length);
  for (const part of parts) expect(part).toBeGreaterThan(counts.answered / 10);

  await using after = await come(site.each[1]);
  const there = new Map<string, string>();
  for (let cursor: unknown; ; ) {
    const { data } = await after.call("list_tokens", { limit: 200, ...(cursor ? { cursor } : {}) });
    for (const { id, status } of data.tokens as { id: string; status: string }[]) there.set(id, status);
    cursor = data.next_cursor;
    if (!cursor) break;
  }
  for (const [id, status] of told)
    expect(there.get(id), id).toMatch(status === "unknown" ? /^(active|revoked)$/ : status);
  // What was made for nobody is no more than what was not answered.
  expect(there.size - told.size).toBeLessThanOrEqual(counts.unanswered);

  const { code, stdout } = await machine.flyTokens(["audit", "verify"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("as it was written")]);
  const shown = await machine.flyTokens(["audit", "show", "--tool", "generate_token", "--json"]);
  const logged = shown.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { ids: string[] });
  const ids = new Set(logged.flatMap((call) => call.ids));
  for (const id of told.keys()) expect(ids).toContain(id);
  for (const agent of agents) await agent[Symbol.asyncDispose]();
  replicas[1]?.program.child.kill("SIGTERM");
  expect(await replicas[1]?.program.ended).toBe(0);
});
