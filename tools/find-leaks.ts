import * as z from "zod";
import { report } from "../src/leaks/report.ts";
import { statuses } from "../src/providers/shapes.ts";
import { defineTool } from "../src/tool.ts";

export const findLeaks = defineTool({
  name: "find_leaks",
  title: "Find leaked tokens",
  description:
    "Scan a repo or other folders, and git history if asked, for leaked or exposed secrets: keys, tokens and other credentials committed, pasted or hardcoded in code, config or logs, also encoded. Says where each is, whose, whether it still works, and what to do; never its value.",
  effect: "read",
  here: true,
  input: z.object({
    paths: z.array(z.string().min(1)).min(1).max(100).optional().describe("Default: the working folder"),
    git_history: z.boolean().default(false),
    include_ignored: z.boolean().default(false),
    provider: z.string().optional(),
  }),
  output: z.object({
    findings: z.array(
      z.object({
        path: z.string(),
        line: z.int(),
        column: z.int(),
        kind: z.string(),
        value: z.string(),
        fingerprint: z.string(),
        token: z
          .object({ id: z.string(), name: z.string(), provider: z.string(), status: statuses.optional() })
          .optional(),
        active: z.enum(["yes", "no", "unknown"]),
        reason: z.string().optional(),
        in: z.enum(["file", "history"]),
        commit: z.string().optional(),
        tracked: z.boolean().optional(),
        expected: z.boolean().optional(),
        advice: z.string(),
      }),
    ),
    scanned: z.object({ files: z.int(), bytes: z.int(), commits: z.int().optional() }),
    skipped: z.array(z.string()),
    truncated: z.boolean(),
  }),
  async run(input, context) {
    // Loaded when it is first used: the server starts without it.
    const { findLeaks: find } = await import("../src/leaks/find.ts");
    return find(input, context);
  },
  // It reads secrets, and so it is written down whoever asked for that.
  concerns: (_input, output) => [
    ...new Set((output?.findings ?? []).flatMap(({ token }) => (token ? [String(token.id)] : []))),
  ],
  say: report,
});
