/**
 * Pulls of 200 clients at once: with an environment's token each one is a deployment event, which is committed before it is
 * answered; with a token without an environment it is a download. Afterwards every answer is in the history.
 */
import { push } from "../test/support/images.ts";
import type { RegistryClient } from "../test/support/registry-client.ts";
import { perSecond, startLoad } from "./generator.ts";
import { inTurns, type Row } from "./measure.ts";
import { newPlace, type Store, skipped, startRegistry, stores } from "./registry.ts";

const connections = 200;
const rounds = 3;
const window = 1_000;

/** A registry's image, and what a pull of it with a new token asks. */
export async function pullWith(registry: RegistryClient, image: string, environment?: string) {
  const { value } = await registry.mint({ permission: "read_only", ...(environment && { environment }) });
  const headers = {
    authorization: `Basic ${Buffer.from(`admin:${value}`).toString("base64")}`,
    accept: "*/*",
  };
  return { path: `/v2/${image}/manifests/1`, headers };
}

export async function pushImage(registry: RegistryClient, image: string): Promise<void> {
  const { value } = await registry.mint();
  await push(registry, value, image, "1");
}

/** How many deployments the history has, page by page. */
export async function deployments(registry: RegistryClient, environment: string): Promise<number> {
  let [count, cursor] = [0, ""];
  do {
    const path = `/environments/${environment}/deployments?limit=200${cursor && `&cursor=${cursor}`}`;
    const page = (await (await registry.call("GET", path)).json()) as {
      deployments: unknown[];
      next_cursor?: string;
    };
    count += page.deployments.length;
    cursor = page.next_cursor ?? "";
  } while (cursor);
  return count;
}

async function measure(store: Store): Promise<Row[]> {
  const what = `pulls a second by ${connections} clients on ${store}, tracked against untracked`;
  const place = await newPlace(store);
  if (!place) return [skipped(what)];
  const registry = await startRegistry(place);
  await registry.call("POST", "/environments", { name: "production" });
  await pushImage(registry, "docker/bench");
  const asked = [
    await pullWith(registry, "docker/bench", "production"),
    await pullWith(registry, "docker/bench"),
  ];
  const loads = asked.map((one) => startLoad({ urls: [registry.url], connections, ...one }));
  const [ours = Number.NaN, theirs = Number.NaN] = await inTurns(
    rounds,
    loads.map((load) => () => load.perAnswer(window)),
  );
  const answered = loads[0]?.answered() ?? 0;
  const found = await deployments(registry, "production");
  for (const one of [...loads, registry]) await one.end();
  return [
    {
      ...{ what, ours: perSecond(ours), against: perSecond(theirs), ratio: theirs / ours },
      ...{ bound: "–", holds: true },
    },
    {
      what: `deployments in the history on ${store}, against pulls that were answered`,
      ours: `${found}`,
      against: `${answered}`,
      ratio: found / answered,
      bound: "== 1",
      holds: found === answered,
    },
  ];
}

export async function benchPulls(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const store of stores) rows.push(...(await measure(store)));
  return rows;
}
