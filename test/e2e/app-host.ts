/**
 * A host of MCP Apps, as far as a page needs one: the page in a sandboxed frame of another origin, under the policy that the
 * specification has a host make of what the server declares, and JSON-RPC by postMessage, which is answered by an agent.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FrameLocator, Page } from "playwright-core";
import type { Agent } from "./agent.ts";

export const uri = "ui://fly-tokens/tokens.html";
export const extensions = {
  "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] },
};

interface Message {
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
}

export interface AppHost extends AsyncDisposable {
  view: FrameLocator;
  /** What an expression is inside of the page. */
  evaluate(expression: string): Promise<unknown>;
  /** What the page has said, in order. */
  heard: Message[];
  /** Sends the page a message. */
  tell(message: Message): Promise<void>;
  /** As for a call of the agent: its arguments, then its result. */
  showCall(args?: Record<string, unknown>): Promise<void>;
}

export interface HostOptions {
  /** Whether pages may call tools of their server. */
  tools?: boolean;
  context?: Record<string, unknown>;
  /** Pixels. */
  width?: number;
  /** Stands in for the server where a page calls a tool. */
  call?: (name: string, args: Record<string, unknown>) => Promise<unknown>;
}

/** Reads the page from the agent's server and shows it. @returns once the page has said that it is ready */
export async function openHost(
  page: Page,
  agent: Pick<Agent, "client">,
  { tools = true, context = {}, width = 900, call }: HostOptions = {},
): Promise<AppHost> {
  const [content] = (await agent.client.readResource({ uri })).contents as unknown as {
    text: string;
    _meta: { ui: { csp: Record<string, string[]> } };
  }[];
  if (!content) throw new Error("There is no page.");
  const view = await serve(content.text, policyOf(content._meta.ui.csp));
  const frame = `<iframe title="view" sandbox="allow-scripts allow-same-origin" src="${view.url}" style="border:0;width:${width}px;height:600px"></iframe>`;
  const host = await serve(
    `<!doctype html><html lang="en"><title>A host</title><body style="margin:0">${frame}<script>
      addEventListener("message", ({ source, origin, data }) => {
        if (source === frames[0] && origin === "${view.origin}") hear(data);
      });
    </script></body></html>`,
    "frame-src *; default-src 'unsafe-inline'",
  );
  const heard: Message[] = [];
  const waiting = new Set<() => void>();
  const tell = async (message: Message) => {
    const data = JSON.stringify({ jsonrpc: "2.0", ...message });
    await page.evaluate(`frames[0].postMessage(${data}, "${view.origin}")`);
  };
  const callTool = call ?? ((name, args) => agent.client.callTool({ name, arguments: args }));
  await page.exposeFunction("hear", async (message: Message) => {
    heard.push(message);
    for (const look of waiting) look();
    const { id, method, params = {} } = message;
    if (id === undefined || method === undefined) return;
    const answer = async () => {
      if (method === "ui/initialize")
        return {
          protocolVersion: "2026-01-26",
          hostInfo: { name: "test", version: "1" },
          hostCapabilities: tools ? { serverTools: {} } : {},
          hostContext: context,
        };
      if (method !== "tools/call" || !tools) throw new Error("not allowed");
      return callTool(String(params.name), params.arguments as Record<string, unknown>);
    };
    await answer().then(
      (result) => tell({ id, result }),
      (error: Error) => tell({ id, error: { code: -32000, message: error.message } } as Message),
    );
  });
  const ready = new Promise<void>((resolve) =>
    waiting.add(() => heard.some(({ method }) => method === "ui/notifications/initialized") && resolve()),
  );
  await page.goto(host.url);
  await ready;
  return {
    view: page.frameLocator("iframe"),
    evaluate: async (expression) => page.frames()[1]?.evaluate(expression),
    heard,
    tell,
    async showCall(args = {}) {
      await tell({ method: "ui/notifications/tool-input", params: { arguments: args } });
      const result = await agent.client.callTool({ name: "list_tokens", arguments: args });
      await tell({ method: "ui/notifications/tool-result", params: result as Record<string, unknown> });
    },
    async [Symbol.asyncDispose]() {
      for (const { server } of [view, host]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** The policy that a host is to make of what a page declares. */
function policyOf(csp: Record<string, string[]>): string {
  const also = (name: string) => (csp[name] ?? []).map((domain) => ` ${domain}`).join("");
  const resources = also("resourceDomains");
  return [
    "default-src 'none'",
    `script-src 'self' 'unsafe-inline'${resources}`,
    `style-src 'self' 'unsafe-inline'${resources}`,
    `connect-src 'self'${also("connectDomains")}`,
    `img-src 'self' data:${resources}`,
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'self'",
  ].join("; ");
}

async function serve(html: string, policy: string): Promise<{ server: Server; url: string; origin: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    });
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, url: `${origin}/`, origin };
}
