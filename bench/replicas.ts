/**
 * Three replicas over one PostgreSQL against one of them, under the same load in all. With clients, replicas and database on
 * one machine of two cores it cannot go faster; it shows what replicas cost each other.
 */
import { type Asked, perSecond, startLoad } from "./generator.ts";
import { inTurns, type Row } from "./measure.ts";
import { deployments, pullWith, pushImage } from "./pulls.ts";
import { newPlace, skipped, startRegistry } from "./registry.ts";

const connections = 48;
const rounds = 3;
const window = 1_000;

export async function benchReplicas(): Promise<Row[]> {
  const place = await newPlace("PostgreSQL");
  if (!place) return [skipped("three replicas, against one")];
  const first = await startRegistry(place);
  const replicas = [first, await startRegistry(place), await startRegistry(place)];
  await first.call("POST", "/environments", { name: "production" });
  await pushImage(first, "docker/bench");
  const { value: token } = await first.mint();
  const asked: Record<string, Omit<Asked, "urls" | "connections">> = {
    introspections: {
      method: "POST",
      path: "/fly/api/v1/introspect",
      headers: { authorization: `Bearer ${first.adminKey}`, "content-type": "application/json" },
      body: JSON.stringify({ token }),
    },
    "tracked pulls": await pullWith(first, "docker/bench", "production"),
  };
  const rows: Row[] = [];
  let pulls = 0;
  for (const [what, request] of Object.entries(asked)) {
    const loads = [replicas, [first]].map((some) =>
      startLoad({ urls: some.map(({ url }) => url), connections, ...request }),
    );
    const [three = Number.NaN, one = Number.NaN] = await inTurns(
      rounds,
      loads.map((load) => () => load.perAnswer(window)),
    );
    rows.push({
      what: `${what} a second of ${connections} clients, three replicas on PostgreSQL against one`,
      ...{ ours: perSecond(three), against: perSecond(one), ratio: one / three, bound: "–", holds: true },
    });
    pulls = loads.reduce((sum, load) => sum + load.answered(), 0);
    for (const load of loads) await load.end();
  }
  // Read at the replica that none of these loads began with.
  const found = await deployments(replicas[2] ?? first, "production");
  rows.push({
    what: "deployments in the history of three replicas, against pulls that were answered",
    ...{ ours: `${found}`, against: `${pulls}`, ratio: found / pulls, bound: "== 1", holds: found === pulls },
  });
  for (const replica of replicas) await replica.end(replica === replicas.at(-1));
  return rows;
}
