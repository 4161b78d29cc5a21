/** Two replicas of the registry: what one of them does, the other knows at the very next request. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { npmClient } from "../registry/npm/client.ts";
import { pull, push } from "../support/images.ts";
import { describeTeam, lanes, openTeam, type Replica } from "./team.ts";

/** A credential that opens something, by the id of what has to go for that to end. */
interface Pass {
  ending: [method: string, path: string];
  /** @returns the status at a replica */
  use(at: Replica): Promise<number>;
}

const image = "docker/hello";

async function npmToken(made: Replica): Promise<Pass> {
  const { token, value } = await made.mint({ permission: "read_only" });
  return {
    ending: ["POST", `/tokens/${token.id}/revoke`],
    use: async (at) => (await npmClient(at, value).get("/tool")).status,
  };
}

/** By the access token that the other replica has given for it. */
async function imageToken(made: Replica, other: Replica): Promise<Pass> {
  const { token, value } = await made.mint({ permission: "read_only" });
  const basic = `Basic ${Buffer.from(`admin:${value}`).toString("base64")}`;
  const answer = await other.fetch(`/v2/token?service=fly-tokens&scope=repository:${image}:pull`, {
    headers: { authorization: basic },
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  expect(access_token).toMatch(/^flya_/);
  const headers = { authorization: `Bearer ${access_token}` };
  return {
    ending: ["POST", `/tokens/${token.id}/revoke`],
    use: async (at) => (await at.fetch(`/v2/${image}/manifests/1.0`, { method: "HEAD", headers })).status,
  };
}

/** As another server asks that accepts our tokens. */
async function introspected(made: Replica): Promise<Pass> {
  const { token, value } = await made.mint();
  return {
    ending: ["POST", `/tokens/${token.id}/revoke`],
    async use(at) {
      const { active } = (await (await at.call("POST", "/introspect", { token: value })).json()) as {
        active: boolean;
      };
      return active ? 200 : 401;
    },
  };
}

async function userKey(made: Replica): Promise<Pass> {
  const name = `u-${randomUUID()}`;
  const key = await made.addUser(name);
  return {
    ending: ["DELETE", `/users/${name}`],
    use: async (at) => (await at.call("GET", "/me", undefined, key)).status,
  };
}

const kinds = [npmToken, imageToken, introspected, userKey];

describeTeam("two replicas over PostgreSQL", () => {
  test("1,000 times out of 1,000, what one has revoked the other refuses at the very next request", async () => {
    await using team = await openTeam();
    const [first] = team.replicas;
    const { value } = await first.mint();
    expect((await npmClient(first, value).publish("tool", "1.0.0")).status).toBe(201);
    await push(first, value, image, "1.0");
    const counts = { valid: 0, refused: 0 };
    const wrong: string[] = [];
    await lanes(1_000, 8, async (turn) => {
      const make = kinds[turn % kinds.length] ?? npmToken;
      // Half of them in each direction.
      const [one, other] = turn % 8 < 4 ? team.replicas : [team.replicas[1], team.replicas[0]];
      const { ending, use } = await make(one, other);
      const before = await use(other);
      const ended = await one.call(...ending);
      const after = await use(other);
      if (before === 200) counts.valid++;
      // From the twenty-first failure of an address in a minute on, it is told to wait.
      if (ended.ok && [401, 429].includes(after)) counts.refused++;
      else wrong.push(`${make.name}: ${before}, ${ended.status}, ${after}`);
    });
    expect(wrong).toEqual([]);
    expect(counts).toEqual({ valid: 1_000, refused: 1_000 });
  });

  test("an idempotency key makes one token, at whichever replica it is used, however many come at once", async () => {
    await using team = await openTeam();
    const body = { name: "ci", permission: "read_only", expires_at: null };
    for (let turn = 0; turn < 10; turn++) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          team.replicas[at % 2 === 0 ? 0 : 1].fetch("/fly/api/v1/tokens", {
            method: "POST",
            headers: { "content-type": "application/json", "idempotency-key": `ci-${turn}` },
            body: JSON.stringify(body),
          }),
        ),
      );
      const said = await Promise.all(answers.map(async (answer) => (await answer.json()) as Minted));
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
      expect(new Set(said.map(({ token }) => token.id)).size).toBe(1);
      // Only the replica that made it can say its value again.
      expect(new Set(said.flatMap(({ value }) => value ?? [])).size).toBe(1);
    }
  });

  test("an environment has one history, whichever replica an image was pulled from", async () => {
    await using team = await openTeam();
    const [one, other] = team.replicas;
    await one.call("POST", "/environments", { name: "production" });
    const { value } = await one.mint();
    const { value: deployer } = await other.mint({ permission: "read_only", environment: "production" });
    const digests = [await push(one, value, image, "1.0"), await push(other, value, image, "2.0")];
    await pull(other, deployer, image, "1.0");
    await pull(one, deployer, image, "2.0");
    // containerd asks for the tag with HEAD and fetches what that is, here at the other replica.
    const headers = { authorization: `Basic ${Buffer.from(`admin:${deployer}`).toString("base64")}` };
    const manifests = `/v2/${image}/manifests`;
    expect((await one.fetch(`${manifests}/1.0`, { method: "HEAD", headers })).status).toBe(200);
    expect((await other.fetch(`${manifests}/${digests[0]}`, { headers })).status).toBe(200);
    const histories = await Promise.all(
      team.replicas.map(async (replica) => {
        const answer = await replica.call("GET", "/environments/production/deployments");
        return ((await answer.json()) as { deployments: object[] }).deployments;
      }),
    );
    expect(histories[0]).toMatchObject([
      { image, tag: "1.0", digest: digests[0] },
      { image, tag: "2.0", digest: digests[1] },
      { image, tag: "1.0", digest: digests[0] },
    ]);
    expect(histories[1]).toEqual(histories[0]);
  });
});

interface Minted {
  token: { id: string };
  value?: string;
}
