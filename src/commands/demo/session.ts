/** A small MCP client over stdio: starts the server as any client would, and calls its tools. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ToolAnswer {
  isError: boolean;
  text: string;
  data: Record<string, unknown>;
}

export class Session {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: Record<string, unknown>) => void>();
  #id = 0;

  /** Starts this very program as a stdio server. */
  constructor(env: Record<string, string>) {
    const [script = ""] = process.argv.slice(1);
    this.#child = spawn(process.execPath, [...process.execArgv, script, "stdio"], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.on("exit", () => {
      for (const answer of this.#waiting.values()) answer({ error: { message: "the server ended" } });
    });
    if (this.#child.stdout) {
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        const message = JSON.parse(line) as { id?: number };
        if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
      });
    }
  }

  async open(): Promise<string> {
    const answer = (await this.#request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "demo", version: "1" },
    })) as { serverInfo: { name: string; version: string } };
    this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
    return `${answer.serverInfo.name} ${answer.serverInfo.version}`;
  }

  async tools(): Promise<string[]> {
    const { tools } = (await this.#request("tools/list", {})) as { tools: { name: string }[] };
    return tools.map(({ name }) => name);
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
    const result = (await this.#request("tools/call", { name, arguments: args })) as {
      isError?: boolean;
      content?: { text?: string }[];
      structuredContent?: unknown;
    };
    return {
      isError: result.isError ?? false,
      text: result.content?.[0]?.text ?? "",
      data: (result.structuredContent ?? {}) as Record<string, unknown>,
    };
  }

  /** Closes stdin, at which the server ends by itself. */
  close(): Promise<number | null> {
    return new Promise((resolve) => {
      this.#child.once("exit", resolve);
      this.#child.stdin?.end();
    });
  }

  #request(method: string, params: Record<string, unknown>): Promise<unknown> {
    const id = ++this.#id;
    this.#send({ jsonrpc: "2.0", id, method, params });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error ? reject(new Error((error as { message: string }).message)) : resolve(result),
      );
    });
  }

  #send(message: unknown): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
