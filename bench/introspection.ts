/** Who asks and whose token it is: the local registry against a route that looks nothing up. */
import { setTimeout as pause } from "node:timers/promises";
import { startOwn } from "./child.ts";
import { inTurns, type Row, row } from "./measure.ts";

const connections = "16";
/** Answers before the first window: until then the compiler is at work. */
const warmUp = 20_000;

/** A server under load. @returns how to measure milliseconds for an answer over a window of time */
async function underLoad(what: "registry" | "bare") {
  const server = startOwn("answering.ts", [what]);
  const { port, request } = JSON.parse(await server.nextLine()) as { port: number; request: string };
  const perAnswer = async () => {
    const load = startOwn("load.ts", [`${port}`, connections, Buffer.from(request).toString("base64")]);
    const answers = async () => {
      load.write("");
      return Number(await load.nextLine());
    };
    while ((await answers()) < warmUp) await pause(50);
    const [before, start] = [await answers(), performance.now()];
    await pause(1_000);
    const sample = (performance.now() - start) / ((await answers()) - before);
    await load.end();
    return sample;
  };
  return { perAnswer, end: () => server.end() };
}

export async function benchIntrospection(): Promise<Row[]> {
  const [registry, bare] = [await underLoad("registry"), await underLoad("bare")];
  const [ours = Number.NaN, theirs = Number.NaN] = await inTurns(5, [registry.perAnswer, bare.perAnswer]);
  await registry.end();
  await bare.end();
  const perSecond = (each: number) => `${(1000 / each).toFixed(0)}/s`;
  return [
    row(
      "introspections a second, against a bare hono route",
      perSecond(ours),
      perSecond(theirs),
      theirs / ours,
      ">=",
      0.6,
    ),
  ];
}
