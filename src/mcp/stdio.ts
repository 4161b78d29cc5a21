/** MCP over stdin and stdout, in every protocol revision that the SDK speaks. */
import type { JSONRPCMessage, McpServer } from "@modelcontextprotocol/server";
import { type StdioServerHandle, StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Outgoing } from "./redact.ts";

/**
 * Serves until stdin ends, or nobody reads.
 * @param onend called once when the client is gone
 */
export function serve(
  build: () => McpServer,
  outgoing: Outgoing,
  onend: () => void,
  report: (error: unknown) => void,
): StdioServerHandle {
  const transport = new CleanTransport(outgoing);
  process.stdin.once("close", onend);
  // A file as input ends without closing.
  process.stdin.once("end", () => process.stdin.destroy());
  // Once nobody reads, the SDK reads no more either, and would never see its client's end.
  process.stdout.once("error", () => process.stdin.destroy());
  return serveStdio(build, { transport, onerror: report });
}

/** Every frame passes the one door. */
class CleanTransport extends StdioServerTransport {
  readonly #outgoing: Outgoing;

  constructor(outgoing: Outgoing) {
    super();
    this.#outgoing = outgoing;
  }

  override send(message: JSONRPCMessage): Promise<void> {
    return super.send(JSON.parse(this.#outgoing.clean(JSON.stringify(message))) as JSONRPCMessage);
  }
}
