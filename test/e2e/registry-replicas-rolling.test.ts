/** A deployment while clients go on: new replicas come, the old ones are drained, and no request is lost. */
import { expect, test } from "vitest";
import { npmClient } from "../registry/npm/client.ts";
import { registryClient } from "../support/registry-client.ts";
import { balanceReady } from "./ready-balancer.ts";
import { describeTeam, openTeam, until } from "./team.ts";
import { told, type Work, work } from "./works.ts";

describeTeam("replicas that are replaced one after the other", () => {
  test("answer everything that was sent, also what was halfway in, and all of it is there", async () => {
    await using balancer = await balanceReady("/fly/api/v1/ready");
    await using team = await openTeam({
      FLY_TOKENS_LOCAL_URL: balancer.url,
      FLY_TOKENS_REGISTRY_LISTEN: "127.0.0.1:0",
      FLY_TOKENS_NPM_UPSTREAM: "off",
      FLY_TOKENS_PYPI_UPSTREAM: "off",
    });
    for (const { url } of team.replicas) balancer.servers.add(url);
    await until(() => balancer.ready.size === 2);
    const all = registryClient(balancer.url, team.replicas[0].adminKey);
    const { value } = await all.mint();
    const works: Work[] = [];
    const wrong: string[] = [];
    let answers = 0;
    let isOver = false;

    function heard(what: string, status: number, right: number): void {
      answers++;
      if (status !== right && status !== 200) wrong.push(`${what}: ${status}`);
    }

    async function client(lane: number): Promise<void> {
      for (let turn = lane * 100_000; !isOver; turn++) {
        const published = work(turn, value);
        heard(published.name, await published.publish(all), 201);
        works.push(published);
        const { token } = await all.mint({ name: `t-${turn}` });
        heard("revoke", await told(all.call("POST", `/tokens/${token.id}/revoke`)), 200);
        heard("whoami", await told(npmClient(all, value).get("/-/whoami")), 200);
      }
    }

    const clients = Array.from({ length: 4 }, (_, lane) => client(lane + 1));
    const rolled = (async () => {
      for (const [at, old] of team.replicas.entries()) {
        const seen = answers;
        await until(() => answers > seen + 30);
        const fresh = await team.start("--drain", "1");
        balancer.servers.add(fresh.url);
        await until(() => balancer.ready.has(fresh.url));
        const slow = await halfway(old.url, `/artifactory/api/generic/slow-${at}/1.0/file`, value);
        old.program.child.kill("SIGTERM");
        await until(() => !balancer.ready.has(old.url));
        expect(await slow.finish()).toBe(201);
        expect(await old.program.ended).toBe(0);
        balancer.servers.delete(old.url);
      }
      const seen = answers;
      await until(() => answers > seen + 30);
    })();
    await rolled.finally(() => {
      isOver = true;
    });
    await Promise.all(clients);
    expect(wrong).toEqual([]);
    const found = await Promise.all(works.map((one) => one.found(all)));
    expect(new Set(found)).toEqual(new Set(["whole"]));
    for (const at of [0, 1]) {
      const there = await all.fetch(`/artifactory/api/generic/slow-${at}/1.0/file`, {
        headers: { authorization: `Bearer ${value}` },
      });
      expect(await there.text()).toBe("first half, second half");
    }
  });
});

/** An upload of which one half has been sent. */
async function halfway(url: string, path: string, value: string) {
  let send: (half: string) => void = () => {};
  let end = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      send = (half) => controller.enqueue(new TextEncoder().encode(half));
      end = () => controller.close();
    },
  });
  send("first half, ");
  const init = {
    method: "PUT",
    headers: { authorization: `Bearer ${value}` },
    body,
    duplex: "half" as const,
  };
  const answer = told(fetch(url + path, init));
  // Its headers are there when a later request has been answered.
  await told(fetch(`${url}/fly/api/v1/health`));
  return {
    finish(): Promise<number> {
      send("second half");
      end();
      return answer;
    },
  };
}
