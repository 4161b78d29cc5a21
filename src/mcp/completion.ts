/** `completion/complete`: what an argument of a prompt, or the variable of a resource, can be. */
import {
  type CompleteResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import { type Source, shownBy } from "../completion/source.ts";
import type { Context } from "../context.ts";
import type { Prompt } from "../prompt.ts";
import type { Resource } from "../resource.ts";
import { mayRead } from "./resources.ts";

interface Completing {
  /** Those that are offered. */
  tools: readonly { name: string }[];
  prompts: readonly Prompt[];
  resources: readonly Resource[];
  context: () => Promise<Context>;
  report: (error: unknown) => void;
}

type Reference = { type: "ref/prompt"; name: string } | { type: "ref/resource"; uri: string };

const nothing: CompleteResult = { completion: { values: [], total: 0, hasMore: false } };

/** With a handler of our own: the SDK's does not say who asks. */
export function addCompletion(server: McpServer, completing: Completing): void {
  server.server.registerCapabilities({ completions: {} });
  server.server.setRequestHandler("completion/complete", async ({ params }, ctx) => {
    const { ref, argument } = params;
    const source = sourceOf(ref, argument.name, completing);
    const tool = source && shownBy[source];
    if (!source || (tool && !(mayRead(ctx) && completing.tools.some(({ name }) => name === tool))))
      return nothing;
    const { complete } = await import("../completion/complete.ts");
    const asked = { typed: argument.value, filled: params.context?.arguments ?? {} };
    const completion = await complete(source, asked, await completing.context(), completing.report);
    return { completion: { ...completion } };
  });
}

/** @throws ProtocolError for a prompt or a resource that is not offered */
function sourceOf(ref: Reference, argument: string, { prompts, resources }: Completing): Source | undefined {
  if (ref.type === "ref/prompt") {
    const prompt = prompts.find(({ name }) => name === ref.name);
    if (prompt) return prompt.completes?.[argument];
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Prompt ${ref.name} not found`);
  }
  const resource = resources.find(({ uri }) => uri === ref.uri);
  if (resource) return resource.uri.includes(`{${argument}}`) ? resource.completes : undefined;
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Resource ${ref.uri} not found`);
}
