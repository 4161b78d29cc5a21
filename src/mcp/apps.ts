/**
 * MCP Apps (the extension `io.modelcontextprotocol/ui`, revision 2026-01-26): pages that a host shows beside a tool's result.
 * Only clients that have declared it are told of them: to all others it would be words that cost and mean nothing.
 */
import type { McpServer, ServerContext } from "@modelcontextprotocol/server";
import { appType, type Resource } from "../resource.ts";
import { capabilitiesOf } from "./caller.ts";

const extension = "io.modelcontextprotocol/ui";

export function isPage({ mimeType }: Pick<Resource, "mimeType">): boolean {
  return mimeType === appType;
}

/** Whether a request's client shows pages. Over HTTP, before 2026-07-28, nobody has said so: such requests stand alone. */
export function showsPages(server: McpServer, ctx: ServerContext): boolean {
  const settings = capabilitiesOf(server, ctx)?.extensions?.[extension] as
    | { mimeTypes?: unknown }
    | undefined;
  return Array.isArray(settings?.mimeTypes) && settings.mimeTypes.includes(appType);
}

/** A tool's `_meta`, where there is a page for its result. */
export function toolMeta(
  tool: { name: string },
  resources: readonly Resource[],
): { _meta?: Record<string, unknown> } {
  const page = resources.find((resource) => isPage(resource) && resource.like === tool.name);
  return page ? { _meta: { ui: { resourceUri: page.uri } } } : {};
}

/** A page's `_meta`: that it asks nobody for anything, and wants no leave. */
export function pageMeta(resource: Resource): { _meta?: Record<string, unknown> } {
  const nothing = { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] };
  return isPage(resource) ? { _meta: { ui: { csp: nothing, prefersBorder: true } } } : {};
}
