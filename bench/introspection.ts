/** Who asks and whose token it is: the local registry, on each store, against a route that looks nothing up. */
import { startOwn } from "./child.ts";
import { perSecond, startLoad } from "./generator.ts";
import { inTurns, type Row, row } from "./measure.ts";
import { newPlace, type Store, skipped, startRegistry, stores } from "./registry.ts";

const path = "/fly/api/v1/introspect";
const rounds = 3;
const window = 1_000;

async function measure(store: Store): Promise<Row> {
  const what = `introspections a second on ${store}, against a bare hono route`;
  const place = await newPlace(store);
  if (!place) return skipped(what);
  const registry = await startRegistry(place);
  const { value: token } = await registry.mint();
  const headers = { authorization: `Bearer ${registry.adminKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ token });
  const answer = (await (await registry.fetch(path, { method: "POST", headers, body })).json()) as unknown;
  const bare = startOwn("bare.ts");
  bare.write(JSON.stringify({ path, token, answer }));
  const { url } = JSON.parse(await bare.nextLine()) as { url: string };
  const loads = [registry.url, url].map((at) =>
    startLoad({
      urls: [at],
      connections: 16,
      method: "POST",
      path,
      headers,
      body,
      awake: store === "SQLite",
    }),
  );
  const [ours = Number.NaN, theirs = Number.NaN] = await inTurns(
    rounds,
    loads.map((load) => () => load.perAnswer(window)),
  );
  for (const one of [...loads, registry, bare]) await one.end();
  const [limit, figures] = [0.6, [perSecond(ours), perSecond(theirs)] as const];
  if (store === "SQLite") return row(what, ...figures, theirs / ours, ">=", limit);
  return { what, ours: figures[0], against: figures[1], ratio: theirs / ours, bound: "–", holds: true };
}

export async function benchIntrospection(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const store of stores) rows.push(await measure(store));
  return rows;
}
