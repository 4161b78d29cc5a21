/** The room `src/resources/` as MCP shows it: read only when it is asked for, and asked for nothing when it is listed. */
import {
  type ListResourcesResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Context } from "../context.ts";
import { inTime } from "../in-time.ts";
import { Problem } from "../problem.ts";
import type { Resource } from "../resource.ts";
import { isPage, pageMeta, showsPages } from "./apps.ts";
import { toldElsewhere } from "./elsewhere.ts";
import { challengeFor, requireScopes, resourceScopes } from "./scopes.ts";

interface Shared {
  context: () => Promise<Context>;
  running?: Set<Promise<unknown>>;
  /** Whether callers are on other machines. */
  remote?: boolean;
  report: (error: unknown) => void;
}

type Listing = ListResourcesResult["resources"][number];

/** Milliseconds for which a list waits for what an issuer has. */
const patience = 1_500;

const challenge = challengeFor(resourceScopes);

const variable = /\{(\w+)\}/;

/** The resources that the operator allows: those that say what an offered tool says, and the manual. */
export function resourcesFor(
  resources: readonly Resource[],
  tools: readonly { name: string }[],
): readonly Resource[] {
  const names = tools.map(({ name }) => name);
  return resources.filter(({ like }) => like === undefined || names.includes(like));
}

/** Whether the caller may be told names; over stdio it is the user's own agent. */
export function mayRead(ctx: ServerContext): boolean {
  const authInfo = ctx.http?.authInfo;
  return challenge({ ...(authInfo && { authInfo }) }) === undefined;
}

/** Of them the client is told no changes: what there is by then it is told when it asks. */
export function addResources(server: McpServer, resources: readonly Resource[], shared: Shared): void {
  if (resources.length === 0) return;
  server.server.registerCapabilities({ resources: { listChanged: false } });
  for (const resource of resources) addResource(server, resource, shared);
  server.server.setRequestHandler("resources/list", async (_request, ctx) => {
    const told = resources.filter((resource) => !isPage(resource) || showsPages(server, ctx));
    const [alone, families] = [told.filter(isAlone), told.filter((resource) => !isAlone(resource))];
    const members = await Promise.all(families.map((resource) => listed(resource, ctx, shared)));
    return { resources: [...alone.map(itself), ...members.flat()] };
  });
}

function isAlone({ uri }: Resource): boolean {
  return !variable.test(uri);
}

function itself(resource: Resource): Listing {
  const { name, title, description, uri, mimeType, audience, priority } = resource;
  const annotations = { audience: [...audience], priority };
  return { uri, name, title, description, mimeType, annotations, ...pageMeta(resource) };
}

function addResource(server: McpServer, resource: Resource, shared: Shared): void {
  const { name, title, description, uri, mimeType, audience, priority, fresh } = resource;
  const config = {
    title,
    description,
    mimeType,
    annotations: { audience: [...audience], priority },
    cacheHint: { ttlMs: fresh, cacheScope: "private" as const },
    scopeChallenge: challenge,
  };
  const answer = (at: URL, value: string, ctx: ServerContext) => {
    const reading = read(resource, at, value, { ...shared, ctx });
    shared.running?.add(reading);
    return reading.finally(() => shared.running?.delete(reading));
  };
  const [, inBraces = ""] = variable.exec(uri) ?? [];
  if (!inBraces) {
    server.registerResource(name, uri, config, (at, ctx) => answer(at, "", ctx));
    return;
  }
  const template = new ResourceTemplate(uri, { list: undefined });
  server.registerResource(name, template, config, (at, variables, ctx) =>
    answer(at, plain(String(variables[inBraces] ?? "")), ctx),
  );
}

async function read(
  resource: Resource,
  { href }: URL,
  value: string,
  { context, report, remote, ctx }: Shared & { ctx: ServerContext },
): Promise<ReadResourceResult> {
  let text: string | undefined;
  try {
    requireScopes(ctx, resourceScopes);
    text = await resource.read(value, await context());
  } catch (cause) {
    const error = remote ? toldElsewhere(cause) : cause;
    if (error instanceof Problem) {
      const { code, message, fix } = error;
      throw new ProtocolError(ProtocolErrorCode.InternalError, `${message} ${fix}`, { code, fix });
    }
    // What an unforeseen error says is for the log: it may quote anything.
    report(error);
    throw new ProtocolError(ProtocolErrorCode.InternalError, "Something went wrong inside fly-tokens.");
  }
  if (text === undefined) throw new ResourceNotFoundError(href);
  return { contents: [{ uri: href, mimeType: resource.mimeType, text, ...pageMeta(resource) }] };
}

/** A client lists everything when it starts: what cannot be told at once is left out, and whoever knows its name reads it. */
async function listed(
  resource: Resource,
  ctx: ServerContext,
  { context, report }: Shared,
): Promise<Listing[]> {
  const { uri, like, list } = resource;
  if (!list || (like !== undefined && !mayRead(ctx))) return [];
  const found = (async () => list(await context()))().catch((error: unknown) => {
    if (!(error instanceof Problem)) report(error);
    return [];
  });
  const members = await inTime(found, patience, []);
  return members.map(({ value, ...about }) => ({
    ...itself(resource),
    ...about,
    name: value,
    uri: uri.replace(variable, () => encodeURIComponent(value)),
  }));
}

function plain(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
