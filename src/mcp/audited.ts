/** A call as the audit log is told of it: before it runs, and when it has ended. */
import {
  CLIENT_INFO_META_KEY,
  type Implementation,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Context } from "../context.ts";
import { Problem } from "../problem.ts";
import type { Plan, Tool } from "../tool.ts";
import { callerOf } from "./caller.ts";
import type { Agreement } from "./consent.ts";

type Output = Awaited<ReturnType<Tool["run"]>>;

export interface Audited {
  /** Runs the tool, once it stands in the log that it will. @throws Problem as the tool, and as `AuditedCall.begin` */
  run(agreed?: { plan: Plan | undefined; by: Agreement }): Promise<Output>;
  /** Notes how `act` ends, whichever way it does. A log that cannot be written does not take the answer away. */
  ending<Answer>(act: () => Promise<Answer>): Promise<Answer>;
}

/** What is logged is what has an effect, and what says that it concerns tokens: a tool that reads secrets does. */
function isLogged({ effect, concerns }: Tool, args: Record<string, unknown>): boolean {
  return args.dry_run !== true && (effect !== "read" || concerns !== undefined);
}

/** @param report told of lines that could not be written when it was too late to refuse */
export function audited(
  tool: Tool,
  args: Record<string, unknown>,
  { server, ctx, context }: { server: McpServer; ctx: ServerContext; context: Context },
  report: (error: unknown) => void,
): Audited {
  if (!isLogged(tool, args))
    return { run: (agreed) => tool.run(args, context, agreed?.plan), ending: (act) => act() };
  const line = context.audit.open({
    client: clientOf(server, ctx),
    caller: callerOf(ctx),
    transport: ctx.http ? "http" : "stdio",
    tool: tool.name,
    ...textsOf(args, "environment", "reason"),
  });
  let begun = false;
  let output: Output | undefined;
  const ended = async (outcome: string) => {
    const ids = tool.concerns?.(args, output);
    await line.end(outcome, output || !begun ? ids : undefined, output && factsOf(output)).catch(report);
  };
  return {
    async run(agreed) {
      const ids = [...(agreed?.plan?.ids ?? []), ...(tool.concerns?.(args) ?? [])];
      await line.begin(ids, agreed?.by ?? "not needed");
      begun = true;
      output = await tool.run(args, context, agreed?.plan);
      return output;
    },
    async ending(act) {
      try {
        const answer = await act();
        const isLost = ctx.mcpReq.signal.aborted && tool.lost !== undefined;
        await ended(!begun ? "confirmation_required" : isLost ? "lost" : "ok");
        return answer;
      } catch (error) {
        await ended(error instanceof Problem ? error.code : "internal");
        throw error;
      }
    },
  };
}

/** 2026-07-28 carries it on every request; older revisions say it once per connection. */
function clientOf(server: McpServer, ctx: ServerContext): { name: string; version: string } {
  const envelope = ctx.mcpReq.envelope as Record<string, Implementation> | undefined;
  const { name = "unknown", version = "" } =
    envelope?.[CLIENT_INFO_META_KEY] ?? server.server.getClientVersion() ?? {};
  return { name, version };
}

function textsOf(args: Record<string, unknown>, ...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (typeof args[name] === "string" ? [[name, args[name]]] : [])),
  );
}

/** What an output has of outcomes by id, and the environment that it is about. */
function factsOf({ outcomes, environment }: Record<string, unknown>) {
  const { name } = (environment ?? {}) as { name?: unknown };
  const each = (Array.isArray(outcomes) ? outcomes : []) as { id: unknown; outcome: unknown }[];
  return {
    ...(each.length > 0 && {
      outcomes: Object.fromEntries(each.map(({ id, outcome }) => [String(id), String(outcome)])),
    }),
    ...(typeof name === "string" && { environment: name }),
  };
}
