import { faultLine } from "../log.ts";
import { createMcpServer } from "../mcp/server.ts";
import { serve } from "../mcp/stdio.ts";
import type { Command } from "./command.ts";
import { serving } from "./server-parts.ts";

export const command: Command = {
  about: "MCP server on stdin and stdout",
  run(invocation) {
    const { parts, close } = serving(invocation);
    return new Promise((resolve) => {
      const end = () =>
        close()
          .catch((error) => invocation.log.error(faultLine(error)))
          .finally(() => resolve(0));
      const handle = serve(() => createMcpServer(parts), parts.outgoing, end, parts.report);
      for (const signal of ["SIGINT", "SIGTERM"] as const)
        process.once(signal, () => handle.close().then(() => process.stdin.destroy()));
    });
  },
};
