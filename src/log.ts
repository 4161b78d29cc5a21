/** What goes to stderr: JSON, a line each, without secrets. Nothing but JSON-RPC may reach stdout of a server. */
import { Problem, type ProblemCode } from "./problem.ts";
import { redact } from "./secret.ts";

type Level = "silent" | "error" | "info" | "debug";

export interface Log {
  error(line: Record<string, unknown>): void;
  info(line: Record<string, unknown>): void;
  debug(line: Record<string, unknown>): void;
}

const levels: readonly Level[] = ["silent", "error", "info", "debug"];

/** @param level the least important lines that are written */
export function openLog(level: Level): Log {
  const writer = (of: Level) => (line: Record<string, unknown>) => {
    if (levels.indexOf(of) > levels.indexOf(level)) return;
    process.stderr.write(
      `${redact(JSON.stringify({ time: new Date().toISOString(), level: of, ...line }))}\n`,
    );
  };
  return { error: writer("error"), info: writer("info"), debug: writer("debug") };
}

/** An unforeseen error as a log line. Its message may quote anything, so it passes `redact` like all others. */
export function faultLine(error: unknown): Record<string, unknown> {
  return error instanceof Error
    ? { error: error.name, message: error.message, stack: error.stack }
    : { error: String(error) };
}

const exitCodes: Partial<Record<ProblemCode, number>> = {
  invalid_input: 2,
  unsupported: 2,
  not_configured: 3,
  unauthorized: 3,
  forbidden: 3,
  not_found: 4,
  conflict: 5,
  needs_confirmation: 6,
  declined: 6,
  rate_limited: 7,
  provider_down: 7,
  state_unavailable: 7,
  file_unreadable: 8,
  file_unparsable: 8,
  file_unwritable: 8,
  file_changed: 8,
  file_locked: 8,
  unsafe_location: 8,
  command_failed: 9,
  verification_failed: 9,
};

/** The exit code for scripts, by class of problem (docs/errors.md); 1 for faults of ours. */
export function exitCode(error: unknown): number {
  return exitCodeOf(error instanceof Problem ? error.code : "internal");
}

/** The same by the code alone. */
export function exitCodeOf(code: string): number {
  return exitCodes[code as ProblemCode] ?? 1;
}
