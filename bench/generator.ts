/** Load on servers by one request, over and over, and how long an answer takes under it. */
import { setTimeout as pause } from "node:timers/promises";
import { startOwn } from "./child.ts";

export interface Asked {
  /** Of the servers, which share the connections. */
  urls: readonly string[];
  connections: number;
  method?: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Whether the generator keeps a core for itself, so that no answer has to wake it. */
  awake?: boolean;
}

export interface Load {
  /** Milliseconds for an answer, over a window of time, which is in milliseconds, too. */
  perAnswer(window: number): Promise<number>;
  /** Every answer so far. */
  answered(): number;
  end(): Promise<void>;
}

export function startLoad({ urls, connections, method = "GET", path, awake = false, ...rest }: Asked): Load {
  const { headers, body = "" } = rest;
  const all = {
    host: "127.0.0.1",
    ...headers,
    ...(body && { "content-length": `${Buffer.byteLength(body)}` }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const request = [`${method} ${path} HTTP/1.1`, ...lines, "", body].join("\r\n");
  const child = startOwn("load.ts");
  const ports = urls.map((url) => Number(new URL(url).port));
  child.write(JSON.stringify({ ports, connections, request, awake }));
  const ask = async (command: string) => {
    child.write(command);
    return Number(await child.nextLine());
  };
  let total = 0;
  let warmUp = 2_000;
  return {
    async perAnswer(window) {
      child.write("go");
      await pause(warmUp);
      // Until then the compiler was at work; later ones only have to get going.
      warmUp = 200;
      const [before, start] = [await ask("count"), performance.now()];
      await pause(window);
      const sample = (performance.now() - start) / ((await ask("count")) - before);
      total = await ask("stop");
      return sample;
    },
    answered: () => total,
    end: () => child.end(),
  };
}

export const perSecond = (each: number): string => `${(1000 / each).toFixed(0)}/s`;
