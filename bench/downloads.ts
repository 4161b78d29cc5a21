/** What an install or a pull asks first, with a token, over kept connections; to know what it costs, without a bound. */

import { npmClient } from "../test/registry/npm/client.ts";
import { push } from "../test/support/images.ts";
import { startRegistry } from "../test/support/registry.ts";
import { inTurns, ms, type Row, timed } from "./measure.ts";

const repetitions = 100;

export async function benchDownloads(): Promise<Row[]> {
  await using registry = await startRegistry();
  const { value } = await registry.mint();
  await npmClient(registry, value).publish("bench", "1.0.0");
  await push(registry, value, "docker/bench", "1");
  const headers = {
    authorization: `Basic ${Buffer.from(`admin:${value}`).toString("base64")}`,
    accept: "*/*",
  };
  const get = (path: string) => async () =>
    (await timed(async () => {
      for (let n = 0; n < repetitions; n++) {
        const response = await registry.fetch(path, { headers });
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`${response.status} for ${path}`);
      }
    })) / repetitions;
  const times = await inTurns(9, [
    get("/artifactory/api/npm/npm/bench"),
    get("/v2/docker/bench/manifests/1"),
  ]);
  return ["npm packument", "image manifest"].map((what, index) => ({
    what: `GET of an ${what}, with a token`,
    ours: ms(times[index] ?? Number.NaN),
    against: "–",
    ratio: Number.NaN,
    bound: "–",
    holds: true,
  }));
}
