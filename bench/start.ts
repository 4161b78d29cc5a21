/** From spawn to the answer of `initialize`, and the memory after `tools/list`: the bundle against a bare SDK server. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { tools } from "../tools/index.generated.ts";
import { inTurns, ms, type Row, row } from "./measure.ts";

const root = resolve(import.meta.dirname, "..");

/** The least that can be done with the same SDK: as many tools, all of them empty, in one bundled file. */
async function bareServer(folder: string): Promise<string> {
  const source = `import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import * as z from "zod";
serveStdio(() => {
  const server = new McpServer({ name: "bare", version: "1" });
  for (let n = 0; n < ${tools.length}; n++) server.registerTool("tool_" + n, { inputSchema: z.object({ a: z.string() }), outputSchema: z.object({ b: z.string() }) }, () => ({ content: [], structuredContent: { b: "" } }));
  return server;
});`;
  writeFileSync(join(folder, "bare.ts"), source);
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

function ask(child: ChildProcess, id: number, method: string, params: object): Promise<void> {
  child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
  return new Promise((done) => {
    let text = "";
    const onData = (chunk: Buffer) => {
      text += chunk;
      if (!text.includes("\n")) return;
      child.stdout?.off("data", onData);
      done();
    };
    child.stdout?.on("data", onData);
  });
}

async function start(script: string, home: string): Promise<{ time: number; memory: number }> {
  const begin = performance.now();
  const child = spawn(process.execPath, [script], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env.PATH, HOME: home },
  });
  await ask(child, 1, "initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  });
  const time = performance.now() - begin;
  child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
  await ask(child, 2, "tools/list", {});
  const memory =
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
  await new Promise((ended) => {
    child.once("exit", ended);
    child.stdin?.end();
  });
  return { time, memory };
}

export async function benchStart(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "fly-tokens-bench-"));
  const bare = await bareServer(folder);
  let memory = 0;
  const [ours = Number.NaN, theirs = Number.NaN] = await inTurns(15, [
    async () => {
      const started = await start(join(root, "dist/main.js"), folder);
      memory = Math.max(memory, started.memory);
      return started.time;
    },
    async () => (await start(bare, folder)).time,
  ]);
  return [
    row("spawn → initialize, against a bare SDK server", ms(ours), ms(theirs), ours / theirs, "<=", 1.25),
    row("memory after tools/list (MiB)", `${memory.toFixed(0)} MiB`, "–", memory, "<=", 75),
  ];
}
