/** A program of its own that is asked and answers line by line. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

export interface Child {
  process: ChildProcess;
  write(line: string): void;
  /** @throws when it ends before it has said another line */
  nextLine(): Promise<string>;
  /** Ends its input, and waits for it. */
  end(): Promise<void>;
}

/** @param env all of its environment, besides PATH */
export function startNode(args: readonly string[], env: Record<string, string> = {}): Child {
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env.PATH, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    write: (line) => void child.stdin.write(`${line}\n`),
    async nextLine() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${args.join(" ")} ended`);
      return value;
    },
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** One of our own programs beside this file. */
export function startOwn(file: string, env: Record<string, string> = {}): Child {
  return startNode(["--import", "tsx", resolve(import.meta.dirname, file)], env);
}
