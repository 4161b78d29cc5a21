/** One of two replicas dies in the middle of its work: what clients were told is so, and nothing is there by half. */
import { expect, test } from "vitest";
import { describeTeam, lanes, openTeam, type Replica } from "./team.ts";
import { told, type Work, work } from "./works.ts";

interface Published {
  work: Work;
  status: number;
}

/** Tokens by their value: what was answered last. */
type Tokens = Map<string, "active" | "revoked" | "unknown">;

describeTeam("a replica that is killed while clients publish and revoke", () => {
  test("takes no answer with it, and leaves nothing by half; the other one and the next one know all of it", async () => {
    await using team = await openTeam({ FLY_TOKENS_NPM_UPSTREAM: "off", FLY_TOKENS_PYPI_UPSTREAM: "off" });
    const [first, other] = team.replicas;
    const { value } = await other.mint();
    const works: Published[] = [];
    const tokens: Tokens = new Map();
    let unanswered = 0;

    const heard = (status: number) => {
      expect([200, 201, 0]).toContain(status);
      if (status === 0) unanswered++;
      return status;
    };

    async function publish(at: Replica, turn: number): Promise<void> {
      const one = work(turn, value);
      works.push({ work: one, status: heard(await one.publish(at)) });
    }

    /** Minted at one, and half of them revoked at the other. */
    async function mint(at: Replica, there: Replica, turn: number): Promise<void> {
      const minted = await at.mint({ name: `t-${turn}` }).catch(() => undefined);
      heard(minted ? 201 : 0);
      if (!minted) return;
      tokens.set(minted.value, "active");
      if (turn % 2 === 0) return;
      tokens.set(minted.value, "unknown");
      const status = heard(await told(there.call("POST", `/tokens/${minted.token.id}/revoke`)));
      if (status === 200) tokens.set(minted.value, "revoked");
    }

    // A kill that hits nothing would show nothing: answers may have been on their way already.
    for (let round = 0; round < 3 || unanswered < 10; round++) {
      const victim = round === 0 ? first : await team.start();
      let isKilled = false;
      await lanes(60, 16, async (turn) => {
        const at = turn % 2 === 0 || isKilled ? other : victim;
        const there = at === victim || isKilled ? other : victim;
        const number = round * 60 + turn;
        const running = turn % 3 > 0 ? publish(at, number) : mint(at, there, number);
        if (turn === 30) {
          isKilled = true;
          setTimeout(() => victim.program.child.kill("SIGKILL"), 5);
        }
        await running;
      });
      expect(await victim.program.ended).toBe("SIGKILL");
    }
    const next = await team.start();

    for (const at of [other, next]) expect(await contradictions(at, works, tokens)).toEqual([]);
    // Whoever had no answer publishes again.
    for (const { work: one, status } of works) {
      if (status !== 0) continue;
      expect([200, 201, 403, 409]).toContain(await one.publish(next));
      expect(await one.found(other)).toBe("whole");
    }
    expect([...tokens.values()].filter((state) => state === "revoked").length).toBeGreaterThan(10);
    next.program.child.kill("SIGTERM");
    expect(await next.program.ended).toBe(0);
  });
});

async function isActive(at: Replica, token: string): Promise<boolean> {
  const answer = await at.call("POST", "/introspect", { token });
  return ((await answer.json()) as { active: boolean }).active;
}

/** Where a registry has something else than clients were told; what nobody was told is there whole or not at all. */
async function contradictions(at: Replica, works: readonly Published[], tokens: Tokens): Promise<string[]> {
  const wrong: string[] = [];
  for (const { work: one, status } of works) {
    const found = await one.found(at);
    if (found !== "whole" && !(found === "absent" && status === 0))
      wrong.push(`${one.name}: answered ${status}, ${found}`);
  }
  for (const [token, state] of tokens) {
    const active = await isActive(at, token);
    if (state !== "unknown" && active !== (state === "active")) wrong.push(`${state}: active ${active}`);
  }
  return wrong;
}
