/** `fly-tokens http` on a machine: MCP over HTTP from the bundle, at a free port of loopback. */
import { bundle, type Machine, type Program } from "./machine.ts";

/** What a client has to show, unless the server is started without. */
export const bearer = "a-bearer-of-this-test";

export interface Served {
  program: Program;
  url: string;
}

/** @param anonymous whether it lets everybody of this machine in */
export async function served(machine: Machine, { anonymous = false } = {}): Promise<Served> {
  const args = ["http", "--port", "0", ...(anonymous ? ["--anonymous"] : [])];
  const env = anonymous ? {} : { FLY_TOKENS_HTTP_TOKEN: bearer };
  const program = machine.start(process.execPath, [bundle, ...args], env);
  const [, url = ""] = await program.said(/MCP at (http:\S+)/);
  return { program, url };
}
