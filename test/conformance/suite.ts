/** Runs an official conformance suite, as npm has it, against a server, and tells what each scenario came to. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

const programs = join(import.meta.dirname, "../e2e/programs/node_modules");

/** By the line of the suite: 0.1 is for revision 2025-11-25; 0.2 knows 2026-07-28, too. */
const packages = { "0.1": "conformance-2025", "0.2": "conformance-2026" };

// The suites need a newer Node.js than the project does.
const isNew = Number(process.versions.node.split(".")[0]) >= 22;
const node = isNew ? process.execPath : join(programs, "node-22/bin/node");

const Checks = z.array(
  z.object({
    id: z.string(),
    status: z.enum(["SUCCESS", "FAILURE", "WARNING", "SKIPPED", "INFO"]),
    errorMessage: z.string().optional(),
  }),
);

export interface Scenario {
  /** The ids of its checks. */
  passed: string[];
  /** Failures and warnings, with what the suite says of them. */
  failed: { id: string; why: string }[];
}

export interface SuiteRun {
  code: number;
  /** What the suite printed after it had run all scenarios. */
  summary: string;
  scenarios: Map<string, Scenario>;
}

/**
 * @param args beyond the address, as `conformance server --help` has them
 * @param results an empty folder of this run's own
 */
export async function runSuite(
  line: keyof typeof packages,
  url: string,
  args: readonly string[],
  results: string,
): Promise<SuiteRun> {
  const program = join(programs, packages[line], "dist/index.js");
  const command = [program, "server", "--url", url, "-o", results, ...args];
  const env = { ...process.env, NO_COLOR: "1" };
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(node, command, { env, maxBuffer: 2 ** 24, timeout: 100_000 }, (error, stdout, stderr) => {
      const ended = typeof error?.code === "number" ? error.code : error ? -1 : 0;
      resolve({ code: ended, output: stdout + stderr });
    });
  });
  return { code, summary: output.slice(output.lastIndexOf("=== SUMMARY")), scenarios: await read(results) };
}

/** A folder for each scenario: `server-NAME-TIME`. */
async function read(results: string): Promise<Map<string, Scenario>> {
  const scenarios = new Map<string, Scenario>();
  for (const folder of (await readdir(results)).sort()) {
    const [, name = ""] = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(folder) ?? [];
    const checks = Checks.parse(JSON.parse(await readFile(join(results, folder, "checks.json"), "utf8")));
    const failed = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
    scenarios.set(name, {
      passed: checks.filter(({ status }) => status === "SUCCESS").map(({ id }) => id),
      failed: failed.map(({ id, errorMessage = "" }) => ({ id, why: errorMessage })),
    });
  }
  return scenarios;
}

/** The scenarios that a revision requires of a server, as the suite's makers have frozen them. */
export async function required(revision: string): Promise<string[]> {
  const text = await readFile(join(programs, packages["0.2"], "requirements", `${revision}.yaml`), "utf8");
  return z.object({ server: z.array(z.string()) }).parse(parse(text)).server;
}
