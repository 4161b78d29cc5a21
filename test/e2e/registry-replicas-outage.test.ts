/** PostgreSQL goes away under load, as if its machine had lost power, and comes back: no wrong answer, no restart of ours. */
import { expect, test } from "vitest";
import { npmClient } from "../registry/npm/client.ts";
import { postgresPrograms, startPostgres } from "../support/postgres.ts";
import { describeTeam, openTeam, pause, type Replica, until } from "./team.ts";
import { type Told, told, type Work, work } from "./works.ts";

interface Minted {
  id: string;
  key: string;
  /** Whether the last answer to its revocation was 200. */
  isRevoked: boolean;
}

const away = [503, 0];

describeTeam("replicas whose PostgreSQL is cut off under load and started again", () => {
  test("answer 503 and nothing wrong meanwhile, recover by themselves, and keep what they have answered", async () => {
    await using postgres = await startPostgres(postgresPrograms() ?? "");
    await using team = await openTeam(
      { FLY_TOKENS_NPM_UPSTREAM: "off", FLY_TOKENS_PYPI_UPSTREAM: "off" },
      postgres.url(),
    );
    const { value } = await team.replicas[0].mint();
    const gone = await team.replicas[1].mint();
    expect((await npmClient(team.replicas[0], value).publish("tool", "1.0.0")).status).toBe(201);
    expect((await team.replicas[0].call("POST", `/tokens/${gone.token.id}/revoke`)).status).toBe(200);

    const wrong: string[] = [];
    const counts = { valid: 0, away: 0 };
    const works: { work: Work; status: Told }[] = [];
    const minted: Minted[] = [];
    let isOver = false;

    function noted(what: string, status: Told, right: readonly number[]): Told {
      if (away.includes(status)) counts.away++;
      else if (right.includes(status)) counts.valid++;
      else wrong.push(`${what}: ${status}`);
      return status;
    }

    /** @returns whether the registry says that it is active; 0 or 503 when it does not say */
    async function introspect(at: Replica, token: string): Promise<Told> {
      const answer = await at.call("POST", "/introspect", { token }).catch(() => undefined);
      const body = await answer?.text().catch(() => undefined);
      if (body === undefined || answer?.status !== 200) return answer?.status ?? 0;
      return (JSON.parse(body) as { active: boolean }).active ? 200 : 401;
    }

    async function mintOnce(at: Replica, key: string): Promise<void> {
      const headers = { "content-type": "application/json", "idempotency-key": key };
      const body = JSON.stringify({ name: key, permission: "read_only", expires_at: null });
      let id: string | undefined;
      while (id === undefined) {
        const answer = await at
          .fetch("/fly/api/v1/tokens", { method: "POST", headers, body })
          .catch(() => undefined);
        const said = await answer?.text().catch(() => undefined);
        const status = said === undefined ? 0 : (answer?.status ?? 0);
        noted("mint", status, [200, 201]);
        if (status === 200 || status === 201) ({ id } = JSON.parse(said ?? "").token as { id: string });
        else if (isOver) return;
        else await pause();
      }
      minted.push({ id, key, isRevoked: false });
    }

    async function revoke(at: Replica, one: Minted): Promise<void> {
      const status = noted("revoke", await told(at.call("POST", `/tokens/${one.id}/revoke`)), [200]);
      if (status === 200) one.isRevoked = true;
    }

    const acts: readonly ((at: Replica, turn: number) => Promise<unknown>)[] = [
      async (at) => noted("read", await told(npmClient(at, value).get("/tool")), [200]),
      async (at) => noted("introspect", await introspect(at, value), [200]),
      // From the twenty-first failure of an address in a minute on, it is told to wait.
      async (at) => noted("revoked", await told(npmClient(at, gone.value).get("/tool")), [401, 429]),
      async (at) => noted("introspect revoked", await introspect(at, gone.value), [401]),
      (at, turn) => mintOnce(at, `ci-${turn}`),
      async (at) => {
        const one = minted.findLast(({ isRevoked }) => !isRevoked);
        if (one) await revoke(at, one);
      },
      async (at, turn) => {
        const published = work(turn, value);
        const status = noted(published.name, await published.publish(at), [200, 201]);
        works.push({ work: published, status });
      },
    ];

    async function client(lane: number): Promise<void> {
      for (let turn = lane * 100_000; !isOver; turn++) {
        await acts[turn % acts.length]?.(team.replicas[turn % 2 === 0 ? 0 : 1], turn);
        if (counts.away > 0) await pause();
      }
    }

    const health = (path: string) =>
      Promise.all(team.replicas.map((at) => told(at.call("GET", `/${path}`)))).then((all) => all.join());
    const clients = Array.from({ length: 8 }, (_, lane) => client(lane + 1));
    const stopped = (async () => {
      await until(() => counts.valid > 150);
      await postgres.stop("immediate");
      await until(() => counts.away > 150);
      const during = { ready: await health("ready"), health: await health("health") };
      await postgres.start();
      const before = counts.valid;
      await until(() => counts.valid > before + 150);
      return during;
    })();
    const during = await stopped.finally(() => {
      isOver = true;
    });
    await Promise.all(clients);
    expect(during).toEqual({ ready: "503,503", health: "200,200" });
    expect(wrong).toEqual([]);

    expect(await health("ready")).toBe("200,200");
    for (const at of team.replicas) {
      expect(await told(npmClient(at, value).get("/tool"))).toBe(200);
      expect(await introspect(at, gone.value)).toBe(401);
      expect(at.program.child.exitCode).toBeNull();
      const found = await Promise.all(
        works.map(async (one) => ({ ...one, found: await one.work.found(at) })),
      );
      expect(
        found.filter(
          (one) => one.found !== "whole" && !(one.found === "absent" && away.includes(one.status)),
        ),
      ).toEqual([]);
      const tokens = await everyToken(at);
      for (const { id, key, isRevoked } of minted) {
        const ofKey = tokens.filter(({ name }) => name === key);
        expect(ofKey.map((token) => token.id)).toEqual([id]);
        if (isRevoked) expect(ofKey[0]?.status).toBe("revoked");
      }
    }
    expect(minted.some(({ isRevoked }) => isRevoked)).toBe(true);
    expect(minted.some(({ isRevoked }) => !isRevoked)).toBe(true);
  });
});

interface Listed {
  id: string;
  name: string;
  status: string;
}

async function everyToken(at: Replica): Promise<Listed[]> {
  const all: Listed[] = [];
  for (let cursor = ""; ; ) {
    const answer = await at.call("GET", `/tokens?limit=200${cursor && `&cursor=${cursor}`}`);
    const page = (await answer.json()) as { tokens: Listed[]; next_cursor?: string | null };
    all.push(...page.tokens);
    if (!page.next_cursor) return all;
    cursor = encodeURIComponent(page.next_cursor);
  }
}
