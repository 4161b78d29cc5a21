/** A whole world for a test: a home, a registry, a context, and clients of every kind around one server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as ModernClient, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createMcpHandler, InMemoryTransport } from "@modelcontextprotocol/server";
import { prompts } from "../../prompts/index.generated.ts";
import { unadvertised } from "../../src/commands/server-parts.ts";
import { type ConfigSources, loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { Outgoing } from "../../src/mcp/redact.ts";
import { createMcpServer } from "../../src/mcp/server.ts";
import { foldersHere } from "../../src/remote.ts";
import { resources } from "../../src/resources/index.generated.ts";
import type { Run } from "../../src/run.ts";
import { realSeams } from "../../src/seams.ts";
import { offers } from "../../tools/offers.generated.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

export type Answer =
  | { action: "accept"; content: Record<string, string> }
  | { action: "decline" }
  | { action: "cancel" };

export interface ClientOptions {
  /** Whose bearer it has shown: then it comes by HTTP in both eras. */
  caller?: string;
  /** The protocol's era; `modern` is 2026-07-28. */
  era: "legacy" | "modern";
  /** Answers a form; without it the client declares that it has none. */
  ask?: (message: string) => Promise<Answer> | Answer;
  /** The extensions that it declares, with their settings. */
  extensions?: Record<string, Record<string, unknown>>;
  /** Answers whether an address is to be opened; without it the client declares that it opens none. */
  browse?: (page: Page) => Promise<Answer> | Answer;
}

export interface Page {
  message: string;
  url: string;
  /** In the legacy era alone. */
  elicitationId?: string;
}

export interface ToolResult {
  isError?: boolean;
  text: string;
  // The shape is the tool's; a test looks at what it expects there.
  data: Record<string, never>;
  error: { code?: string; message?: string; fix?: string; allowed?: string[]; did_you_mean?: string };
  /** Everything that came over the wire. */
  wire: string;
}

export interface World extends AsyncDisposable {
  home: string;
  registry: TestRegistry;
  context: Context;
  /** Every frame that a client was sent, as text. */
  frames: string[];
  /** The same before the last net has passed them: no secret is in there, and in place of a shown one a stand-in. */
  said: string[];
  /** Faults of ours that were reported to the log. */
  faults: unknown[];
  connect(options?: ClientOptions): Promise<{
    client: ModernClient;
    call(name: string, args?: Record<string, unknown>): Promise<ToolResult>;
  }>;
}

export interface WorldOptions {
  env?: Record<string, string>;
  flags?: ConfigSources["flags"];
  now?: () => Date;
  /** Stands between the server and its network, of which it is handed the real one. */
  fetch?: (real: typeof globalThis.fetch) => typeof globalThis.fetch;
  /** A replica of another world: in the same home, with the same registry. It goes first. */
  beside?: World;
  /** Callers are on other machines. */
  remote?: boolean;
  /** What starts programs. */
  run?: Run;
}

export async function openWorld({
  env = {},
  flags = {},
  now,
  fetch,
  beside,
  remote = false,
  run,
}: WorldOptions = {}): Promise<World> {
  const home = beside?.home ?? (await mkdtemp(join(tmpdir(), "fly-tokens-world-")));
  const registry = beside?.registry ?? (await startRegistry(now ? { now } : {}));
  const seams = {
    ...realSeams(),
    home,
    cwd: home,
    hostname: "test-machine",
    ...(now && { now }),
    ...(fetch && { fetch: fetch(globalThis.fetch) }),
    ...(run && { run }),
    env: {
      PATH: process.env.PATH,
      HOME: home,
      FLY_TOKENS_HOME: join(home, "ours"),
      FLY_TOKENS_LOCAL_URL: registry.url,
      FLY_TOKENS_LOCAL_KEY: registry.adminKey,
      ...env,
    },
  };
  const config = loadConfig({ flags, env: seams.env, cwd: home, home, platform: seams.platform });
  const context = createContext(config, seams, undefined, { remote });
  const outgoing = new Outgoing(remote ? foldersHere(config, seams) : []);
  const frames: string[] = [];
  const said: string[] = [];
  const faults: unknown[] = [];
  const build = () =>
    createMcpServer({
      version: "0.0.0-test",
      tools: offers,
      prompts,
      resources,
      outgoing,
      remote,
      readOnly: context.policy.read_only,
      protects: context.policy.protects,
      unadvertised: unadvertised(config, seams, context.policy),
      only: context.policy.tools(offers.map(({ name }) => name)),
      context: async () => context,
      report: (error) => faults.push(error),
    });
  const clean = (json: string) => {
    said.push(json);
    const frame = outgoing.clean(json);
    frames.push(frame);
    return frame;
  };

  return {
    home,
    registry,
    context,
    frames,
    said,
    faults,
    async connect({ era, ask, browse, caller, extensions } = { era: "legacy" }) {
      const client = new ModernClient(
        { name: "test", version: "1" },
        {
          capabilities: {
            ...((ask || browse) && { elicitation: { ...(ask && { form: {} }), ...(browse && { url: {} }) } }),
            ...(extensions && { extensions: extensions as never }),
          },
          ...(era === "modern" && { versionNegotiation: { mode: "auto" as const } }),
        },
      );
      if (ask || browse)
        client.setRequestHandler("elicitation/create", async ({ params }) => {
          const asked = params as Page & { mode?: string };
          const answer = asked.mode === "url" ? browse?.(asked) : ask?.(asked.message);
          return answer ?? { action: "decline" };
        });
      if (era === "modern" || caller !== undefined) {
        const scopes = ["tokens:read", "tokens:write", "tokens:revoke"];
        const authInfo = caller === undefined ? undefined : { token: "", clientId: caller, scopes };
        const handler = createMcpHandler(build);
        const fetch = async (url: string | URL, init?: RequestInit) => {
          const response = await handler.fetch(new Request(url, init), authInfo && { authInfo });
          return new Response(clean(await response.text()), response);
        };
        await client.connect(new StreamableHTTPClientTransport(new URL("http://127.0.0.1/mcp"), { fetch }));
      } else {
        const [ours, theirs] = InMemoryTransport.createLinkedPair();
        const send = theirs.send.bind(theirs);
        theirs.send = (message, options) => send(JSON.parse(clean(JSON.stringify(message))), options);
        await Promise.all([build().connect(theirs), client.connect(ours)]);
      }
      return { client, call: (name, args = {}) => callTool(client, name, args) };
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      if (beside) return;
      await registry.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function callTool(
  client: ModernClient,
  name: string,
  args: Record<string, unknown>,
): Promise<ToolResult> {
  const result = await client.callTool({ name, arguments: args });
  const blocks = (result.content as { type: string; text?: string }[]).map(({ text }) => text ?? "");
  const last = blocks.at(-1) ?? "";
  return {
    ...(result.isError === true && { isError: true }),
    text: blocks[0] ?? "",
    data: (result.structuredContent ?? {}) as Record<string, never>,
    error:
      result.isError === true && last.startsWith("{") ? (JSON.parse(last) as { error: object }).error : {},
    wire: JSON.stringify(result),
  };
}
