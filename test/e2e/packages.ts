/** What is handed out, and every Node that is promised. */
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { inject } from "vitest";
import type { TempHome } from "../support/home.ts";
import { resultOf, type ToolResult } from "./agent.ts";
import type { Machine } from "./machine.ts";
import { succeed } from "./wares.ts";

export const root = join(import.meta.dirname, "../..");
export const programs = join(import.meta.dirname, "programs/node_modules");

/** The path of each, by its major version. */
export const nodes: Readonly<Record<string, string>> = Object.fromEntries(
  ["20", "22", "24"].map((major) => [major, join(programs, `node-${major}/bin/node`)]),
);

/** Lets `node`, and with it npm and npx, be that one on a machine. */
export async function useNode({ at, write }: TempHome, node: string): Promise<void> {
  await write("bin/.keep", "");
  await symlink(node, at("bin/node"));
}

/** npm with what this machine has cached, where a test installs what users install. */
export function npmFlags(): string[] {
  const { cache, registry, cafile } = inject("npm");
  const flags = ["--prefer-offline", "--no-fund", "--cache", cache, "--registry", registry];
  return [...flags, ...(cafile === undefined ? [] : ["--cafile", cafile])];
}

export interface Packed {
  /** The absolute path. */
  path: string;
  integrity: string;
  size: number;
  unpackedSize: number;
  /** What is in it, sorted. */
  names: string[];
}

/** Packs the package as it would be published. @param folder a checkout in which it was built */
export async function pack(machine: Machine, folder: string): Promise<Packed> {
  const printed = await succeed(
    machine.run("npm", ["pack", "--json", "--pack-destination", machine.path], { cwd: folder }),
  );
  const [{ filename, files, ...numbers }] = JSON.parse(printed) as [
    Packed & { filename: string; files: { path: string }[] },
  ];
  const names = files.map(({ path }) => path).sort();
  return { ...numbers, path: machine.at(filename), names };
}

export interface Host extends AsyncDisposable {
  serverInfo: { name: string; version: string } | undefined;
  call(name: string, args?: Record<string, unknown>): Promise<ToolResult>;
  tools(): Promise<string[]>;
  stderr(): string;
}

/** A client that starts a server exactly as its configuration says. */
export async function hostOf(
  machine: Machine,
  server: { command: string; args: string[]; env?: Record<string, string>; cwd?: string },
): Promise<Host> {
  const transport = new StdioClientTransport({
    cwd: machine.path,
    ...server,
    env: { ...machine.env, ...server.env },
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (text) => {
    stderr += String(text);
  });
  const client = new Client({ name: "host", version: "1" });
  await client.connect(transport);
  return {
    serverInfo: client.getServerVersion(),
    stderr: () => stderr,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => resultOf(await client.callTool({ name, arguments: args })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
