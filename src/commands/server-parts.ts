/** What every way of serving MCP shares: the tools and prompts, and a context that is made at the first call. */
import { prompts } from "../../prompts/index.generated.ts";
import { offers } from "../../tools/offers.generated.ts";
import type { Config } from "../config.ts";
import type { Context } from "../context.ts";
import { faultLine } from "../log.ts";
import { Outgoing } from "../mcp/redact.ts";
import type { ServerParts } from "../mcp/server.ts";
import { openPolicy } from "../policy/index.ts";
import type { Policy } from "../policy/policy.ts";
import { hasLogin, loginFile } from "../providers/flyio/login.ts";
import { hasLogin as hasJfrogLogin } from "../providers/jfrog/login.ts";
import { foldersHere } from "../remote.ts";
import { resources } from "../resources/index.generated.ts";
import type { Seams } from "../seams.ts";
import { version } from "../version.ts";
import type { Invocation } from "./command.ts";

export interface Serving {
  parts: ServerParts;
  /** Waits for what goes on after its call. @throws Problem what has come to nothing */
  done(): Promise<void>;
  /** Ends what the context has started, if it was ever made. */
  close(): Promise<void>;
}

/**
 * @param serves as `createContext`
 * @throws Problem `not_configured` when the operator's policy is not valid, or names a tool that does not exist
 */
export function serving(
  { config, seams, log }: Invocation,
  { remote = false, replica = false }: { remote?: boolean; replica?: boolean } = {},
): Serving {
  const policy = openPolicy(config);
  let context: Promise<Context> | undefined;
  const running = new Set<Promise<unknown>>();
  return {
    parts: {
      version,
      tools: offers,
      prompts,
      resources,
      outgoing: new Outgoing(remote ? foldersHere(config, seams) : []),
      readOnly: policy.read_only,
      remote,
      protects: policy.protects,
      unadvertised: unadvertised(config, seams, policy),
      only: policy.tools(offers.map(({ name }) => name)),
      running,
      context: () =>
        (context ??= import("../context.ts").then(({ createContext }) =>
          createContext(config, seams, policy, { remote, replica }),
        )),
      report: (error) => log.error(faultLine(error)),
    },
    done: async () => (await context)?.openEnds.done(),
    async close() {
      // A client that goes away in the middle must not leave a token behind whose file was never written.
      await Promise.all(running);
      await (await context)?.close();
    },
  };
}

/**
 * Arguments that mean something only where a second issuer is in use, or Fly.io, or where something is protected. They are
 * understood all the same.
 */
export function unadvertised(
  config: Config,
  seams: Pick<Seams, "home" | "cwd">,
  { protects }: Pick<Policy, "protects">,
): readonly string[] {
  return [...(protects ? [] : ["reason"]), ...ofOthers(config, seams)];
}

function ofOthers(config: Config, seams: Pick<Seams, "home" | "cwd">): readonly string[] {
  const { fly_access_token, fly_api_token, jfrog_access_token } = config;
  if (fly_access_token || fly_api_token || hasLogin(loginFile(config, seams))) return [];
  const isJfrogInUse = jfrog_access_token !== undefined || hasJfrogLogin(config);
  return isJfrogInUse ? ["flyio", "access"] : ["provider", "flyio", "access"];
}
