/** From spawn to the answer of `initialize`, and the memory after `tools/list`: the bundle against a bare SDK server. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { tools } from "../tools/index.generated.ts";
import { inTurns, ms, type Row, row, timed } from "./measure.ts";
import { startServer } from "./stdio.ts";

const root = resolve(import.meta.dirname, "..");

/** The least that can be done with the same SDK: as many tools, all of them empty, in one bundled file. */
async function bareServer(folder: string): Promise<string> {
  const source = `import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import * as z from "zod";
serveStdio(() => {
  const server = new McpServer({ name: "bare", version: "1" });
  for (let n = 0; n < ${tools.length}; n++)
    server.registerTool("tool_" + n, { inputSchema: z.object({ a: z.string() }), outputSchema: z.object({ b: z.string() }) },
      () => ({ content: [], structuredContent: { b: "" } }));
  return server;
});`;
  await writeFile(join(folder, "bare.ts"), source);
  const outfile = join(folder, "bare.mjs");
  await build({
    entryPoints: [join(folder, "bare.ts")],
    nodePaths: [join(root, "node_modules")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    minifySyntax: true,
    minifyWhitespace: true,
    mainFields: ["module", "main"],
  });
  return outfile;
}

interface Start {
  /** Milliseconds until `initialize` was answered. */
  time: number;
  /** MiB after `tools/list`. */
  memory: number;
}

async function start(script: string, home: string): Promise<Start> {
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  const time = await timed(async () => {
    server = await startServer(script, { HOME: home });
  });
  await server?.call("tools/list", {});
  const memory = residentMemory(server?.child.process.pid);
  await server?.child.end();
  return { time, memory };
}

/** MiB; `NaN` where there is no /proc. */
function residentMemory(pid: number | undefined): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

export async function benchStart(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-bench-"));
  const bare = await bareServer(folder);
  const most = { ours: 0, theirs: 0 };
  const measured = (script: string, whose: keyof typeof most) => async () => {
    const { time, memory } = await start(script, folder);
    most[whose] = Math.max(most[whose], memory);
    return time;
  };
  const [ours = Number.NaN, theirs = Number.NaN] = await inTurns(21, [
    measured(join(root, "dist/main.js"), "ours"),
    measured(bare, "theirs"),
  ]);
  await rm(folder, { recursive: true });
  return [
    row("spawn → initialize, against a bare SDK server", ms(ours), ms(theirs), ours / theirs, "<=", 1.25),
    row(
      "MiB after tools/list",
      `${most.ours.toFixed(0)} MiB`,
      `${most.theirs.toFixed(0)} MiB`,
      most.ours,
      "<=",
      75,
    ),
  ];
}
