/** A machine of a test's own: a home, an address that nobody uses, and the bundle running there. `await using m = await openMachine()`. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type RunOptions, type RunResult, run } from "../../src/run.ts";
import { freePort } from "../support/free-port.ts";
import { type TempHome, tempHome } from "../support/home.ts";

/** The program as it is published. */
export const bundle = join(import.meta.dirname, "../../dist/main.js");

/** A program in the background. */
export interface Program {
  child: ChildProcess;
  /** What it has said so far. */
  stdout(): string;
  stderr(): string;
  /** Waits until it has said something, on either stream. @throws when it ends before */
  said(words: RegExp): Promise<RegExpExecArray>;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

export interface Machine extends TempHome {
  /** Where the local registry is, once it runs. */
  url: string;
  host: string;
  env: Record<string, string>;
  /** Runs a program to its end, in the home unless told otherwise. */
  run(command: string, args: string | readonly string[], options?: RunOptions): Promise<RunResult>;
  /** `fly-tokens …` to its end. */
  flyTokens(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** A program in the background; it is killed when the test ends. */
  start(command: string, args: readonly string[], env?: Record<string, string>): Program;
  /** The local registry in a process of its own, once it answers. */
  registry(): Promise<Program>;
}

/** @param settings variables beyond those of every machine */
export async function openMachine(settings: Record<string, string> = {}): Promise<Machine> {
  const home = await tempHome();
  const { at, [Symbol.asyncDispose]: remove } = home;
  const url = settings.FLY_TOKENS_LOCAL_URL ?? `http://127.0.0.1:${await freePort()}`;
  const env = { ...environment(home), FLY_TOKENS_LOCAL_URL: url, ...settings };
  for (const folder of ["tmp", "run"]) await mkdir(at(folder), { mode: 0o700 });
  const children: Program[] = [];

  const machine: Machine = {
    ...home,
    url,
    host: new URL(url).host,
    env,
    run: (command, args, options = {}) =>
      run(command, typeof args === "string" ? args.split(" ") : args, {
        cwd: home.path,
        timeout: 60_000,
        ...options,
        env: { ...env, ...options.env },
      }),
    flyTokens: (args, options) => machine.run(process.execPath, [bundle, ...args], options),
    start(command, args, more = {}) {
      const program = background(
        spawn(command, args, { cwd: home.path, env: { ...env, ...more }, stdio: "pipe" }),
      );
      children.push(program);
      return program;
    },
    async registry() {
      const program = machine.start(process.execPath, [bundle, "registry"]);
      await program.said(/the local registry is at/);
      return program;
    },
    async [Symbol.asyncDispose]() {
      for (const { child, ended } of children) {
        child.kill("SIGKILL");
        await ended;
      }
      await remove();
    },
  };
  return machine;
}

/** Whether a server listens at an address. */
export async function listens(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** What every program sees: this home, and nothing of the developer's. */
function environment({ path, at }: TempHome): Record<string, string> {
  return {
    // Programs of the machine's own come first.
    PATH: [at("bin"), process.env.PATH].join(delimiter),
    HOME: path,
    TMPDIR: at("tmp"),
    XDG_CONFIG_HOME: at(".config"),
    XDG_CACHE_HOME: at(".cache"),
    XDG_DATA_HOME: at(".local/share"),
    XDG_STATE_HOME: at(".local/state"),
    // Not in /run/user, where skopeo would find the logins of others.
    XDG_RUNTIME_DIR: at("run"),
    FLY_TOKENS_HOME: at("fly-tokens"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    NPM_CONFIG_GLOBALCONFIG: at("no-global-npmrc"),
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
    NPM_CONFIG_AUDIT: "false",
    NPM_CONFIG_FETCH_RETRIES: "0",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    PIP_RETRIES: "0",
    PYTHON_KEYRING_BACKEND: "keyring.backends.null.Keyring",
  };
}

function background(child: ChildProcess): Program {
  const output = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const look of waiting) look();
    });
  }
  child.stdin?.on("error", () => {}); // a program that has ended reads no more
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    said: (words) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = words.exec(output.stdout) ?? words.exec(output.stderr);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void ended.then((code) => reject(new Error(`ended (${code}): ${output.stderr || output.stdout}`)));
      }),
  };
}
