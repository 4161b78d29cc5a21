/** Coding agents: MCP clients of each kind, around a server of their own on a machine, or at one that serves HTTP. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as FirstStdioTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as FirstHttpTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { bundle, type Machine } from "./machine.ts";

/** What tests look into; the rest of a tool's output they compare as it is. */
export interface ToolData {
  token?: { id: string };
  credential?: { username: string; token: string };
  confirmation_required?: { plan: string[]; confirmation: string };
  [other: string]: unknown;
}

export interface ToolResult {
  isError: boolean;
  text: string;
  data: ToolData;
  /** The problem's code; "" for a success. */
  code: string;
}

export type CallTool = (name: string, args?: Record<string, unknown>) => Promise<ToolResult>;

export interface Agent extends AsyncDisposable {
  call: CallTool;
  /** A call until its user gives it up. @throws then */
  callUntil(given: AbortSignal, name: string, args: Record<string, unknown>): Promise<ToolResult>;
  tools(): Promise<{ name: string; outputSchema?: unknown }[]>;
  /** What the client could not make sense of: lines that are no JSON-RPC, results that are not as advertised. */
  complaints: Error[];
  /** `legacy` before protocol revision 2026-07-28, `modern` since then. */
  era: string | undefined;
  /** What else such a client does; the first SDK's has the same methods. */
  client: Pick<Client, "callTool" | "listPrompts" | "getPrompt" | "listResources" | "readResource" | "close">;
}

export interface AgentOptions {
  /** `first`: the SDK that the second one replaces. The eras are those of the second: `modern` is 2026-07-28. */
  kind?: "first" | "legacy" | "modern";
  /** What the person types into the form that they are shown; without it the client has no forms. */
  types?: (message: string) => string;
  /** What the person does with an address that they are asked to open; without it the client opens none. */
  opens?: (url: string, message: string) => void;
  /** The extensions that it declares, with their settings. */
  extensions?: Record<string, Record<string, unknown>>;
  env?: Record<string, string>;
}

/** @returns a client that has shaken hands with the bundle */
export async function agentOn(machine: Machine, options: AgentOptions = {}): Promise<Agent> {
  const { kind = "legacy", env } = options;
  const server = {
    command: process.execPath,
    args: [bundle],
    env: { ...machine.env, ...env },
    cwd: machine.path,
    stderr: "pipe" as const,
  };
  return connected(
    kind === "first" ? new FirstStdioTransport(server) : new StdioClientTransport(server),
    options,
  );
}

/**
 * @param url of a server that is there already
 * @param headers of every request
 */
export function agentAt(
  url: string,
  headers: Record<string, string>,
  options: Omit<AgentOptions, "env"> = {},
): Promise<Agent> {
  const Transport = options.kind === "first" ? FirstHttpTransport : StreamableHTTPClientTransport;
  return connected(new Transport(new URL(url), { requestInit: { headers } }), options);
}

async function connected(transport: object, options: AgentOptions): Promise<Agent> {
  const { kind = "legacy" } = options;
  const client = kind === "first" ? firstClient(options) : secondClient(kind, options);
  const complaints: Error[] = [];
  client.onerror = (error: Error) => complaints.push(error);
  await client.connect(transport as never);
  return {
    complaints,
    client: client as unknown as Client,
    era: client instanceof Client ? client.getProtocolEra() : "legacy",
    tools: async () => (await client.listTools()).tools,
    call: async (name, args = {}) => resultOf(await client.callTool({ name, arguments: args })),
    callUntil: async (signal, name, args) => {
      const params = { name, arguments: args };
      return resultOf(
        await (client instanceof Client
          ? client.callTool(params, { signal })
          : client.callTool(params, undefined, { signal })),
      );
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** What came over the wire, as tests look at it. */
export function resultOf(raw: unknown): ToolResult {
  const { content, structuredContent, isError } = raw as {
    content: { text?: string }[];
    structuredContent?: ToolData;
    isError?: boolean;
  };
  const last = content.at(-1)?.text ?? "";
  const problem =
    isError && last.startsWith("{") ? (JSON.parse(last) as { error: { code: string } }) : undefined;
  return {
    isError: isError ?? false,
    text: content[0]?.text ?? "",
    data: structuredContent ?? {},
    code: problem?.error.code ?? "",
  };
}

const name = { name: "test", version: "1" };

function capabilities({ types, opens, extensions }: AgentOptions) {
  const elicitation = { ...(types && { form: {} }), ...(opens && { url: {} }) };
  return {
    capabilities: {
      ...((types || opens) && { elicitation }),
      ...(extensions && { extensions: extensions as never }),
    },
  };
}

function answer({ types, opens }: AgentOptions, params: unknown) {
  const { message, requestedSchema, url } = params as {
    message: string;
    requestedSchema?: { properties: Record<string, unknown> };
    url?: string;
  };
  if (url !== undefined) opens?.(url, message);
  if (!requestedSchema) return { action: "accept" as const };
  const [field = ""] = Object.keys(requestedSchema.properties);
  return { action: "accept" as const, content: { [field]: types?.(message) ?? "" } };
}

function firstClient(options: AgentOptions): FirstClient {
  const client = new FirstClient(name, capabilities(options));
  if (options.types || options.opens)
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => answer(options, params));
  return client;
}

function secondClient(era: "legacy" | "modern", options: AgentOptions): Client {
  const negotiation = era === "modern" ? { versionNegotiation: { mode: "auto" as const } } : {};
  const client = new Client(name, { ...capabilities(options), ...negotiation });
  if (options.types || options.opens)
    client.setRequestHandler("elicitation/create", async ({ params }) => answer(options, params));
  return client;
}
