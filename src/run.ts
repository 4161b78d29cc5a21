/** Starts programs: never through a shell, never with a secret in argv, with an environment that was chosen. */
import { type ChildProcess, spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Problem } from "./problem.ts";

export interface RunOptions {
  /** Written to stdin, then stdin is closed. The only way for a secret to reach a program. */
  input?: string;
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** Milliseconds; default 30,000. The program is killed then. */
  timeout?: number;
  /**
   * Is handed the output piece by piece, as bytes and without a limit; `stdout` stays empty then. While it works, no
   * more is read. After `enough` the program is stopped and its code is -1.
   */
  onStdout?: (bytes: Buffer) => "more" | "enough";
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

export type Run = (command: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>;

const outputLimit = 1_000_000;

/**
 * Runs a program to its end and returns what it printed, whatever its exit code.
 * @throws Problem `not_found` when there is no such program, `command_failed` when it runs out of time
 */
export const run: Run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      shell: false,
      ...(options.env && { env: options.env as NodeJS.ProcessEnv }),
      ...(options.cwd && { cwd: options.cwd }),
    });
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(
        new Problem(
          "command_failed",
          `\`${command}\` did not finish in time and was stopped.`,
          `Run \`${command}\` by hand to see what it waits for.`,
        ),
      );
    }, options.timeout ?? 30_000);
    const output = { stdout: "", stderr: "" };
    const keep = (name: "stdout" | "stderr") =>
      child[name].setEncoding("utf8").on("data", (text: string) => {
        if (output[name].length < outputLimit) output[name] += text;
      });
    keep("stderr");
    if (options.onStdout) child.stdout.on("data", handOn(child, options.onStdout, reject));
    else keep("stdout");
    child.on("error", (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        cause.code === "ENOENT"
          ? new Problem(
              "not_found",
              `The program \`${command}\` is not installed.`,
              `Install \`${command}\`, or make sure that it is on PATH.`,
              { cause },
            )
          : new Problem(
              "command_failed",
              `\`${command}\` could not be started (${cause.code ?? "unknown"}).`,
              `Run \`${command}\` by hand to see why.`,
              { cause },
            ),
      );
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, ...output });
    });
    child.stdin.on("error", () => {}); // a program that does not read its input is not a fault of ours
    child.stdin.end(options.input ?? "");
  });

/** What was printed behind the point where it was enough, or where the receiver failed, is for nobody. */
function handOn(
  child: ChildProcess,
  receive: NonNullable<RunOptions["onStdout"]>,
  fail: (error: unknown) => void,
): (bytes: Buffer) => void {
  let ended = false;
  return (bytes) => {
    if (ended) return;
    try {
      ended = receive(bytes) === "enough";
    } catch (error) {
      ended = true;
      fail(error);
    }
    if (ended) child.kill("SIGKILL");
  };
}

/** Whether a program is on PATH; starts nothing. */
export async function installed(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Promise<boolean> {
  const endings = platform === "win32" ? [".exe", ".cmd", ""] : [""];
  const paths = (env.PATH ?? "").split(delimiter).filter(Boolean);
  const tries = paths.flatMap((folder) =>
    endings.map((ending) => access(join(folder, command + ending), constants.X_OK)),
  );
  return Promise.any(tries).then(
    () => true,
    () => false,
  );
}
