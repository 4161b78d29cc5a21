/** The throw-away home in which the demo plays, and the voice that tells what happens. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { installed, type RunResult, run } from "../../run.ts";
import { redact } from "../../secret.ts";

/** A step that did not do what it says. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export class Stage {
  readonly home = mkdtempSync(join(tmpdir(), "fly-tokens-demo-"));
  readonly url: string;
  /** What every program sees: our home, and nothing of the developer's. */
  readonly env: Record<string, string>;
  #step = 0;

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
    const inherited = Object.entries(process.env).filter(([name]) =>
      /^(path|lang|lc_.*|tz|systemroot|tmpdir|temp|tmp|pyenv_.*|node_extra_ca_certs)$/i.test(name),
    );
    this.env = {
      ...(Object.fromEntries(inherited) as Record<string, string>),
      HOME: this.home,
      USERPROFILE: this.home,
      XDG_CONFIG_HOME: join(this.home, ".config"),
      XDG_CACHE_HOME: join(this.home, ".cache"),
      FLY_TOKENS_HOME: join(this.home, "fly-tokens"),
      FLY_TOKENS_LOCAL_URL: this.url,
      npm_config_update_notifier: "false",
      npm_config_cache: join(this.home, ".npm"),
      PIP_DISABLE_PIP_VERSION_CHECK: "1",
      PIP_NO_INPUT: "1",
      PYTHONWARNINGS: "ignore",
    };
  }

  static async open(): Promise<Stage> {
    const port = await new Promise<number>((resolve, reject) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const address = probe.address();
        probe.close(() =>
          address && typeof address === "object" ? resolve(address.port) : reject(new Error("no free port")),
        );
      });
    });
    return new Stage(port);
  }

  say(text: string): void {
    process.stdout.write(`${redact(text)}\n`);
  }

  step(text: string): void {
    this.say(`\n${++this.#step}. ${text}`);
  }

  /** Indented, as what a program or a tool said. */
  quote(text: string, lines = 12): void {
    this.say(
      text
        .trim()
        .split("\n")
        .slice(0, lines)
        .map((line) => `   │ ${line}`)
        .join("\n"),
    );
  }

  /** @throws Broken unless it holds */
  must(holds: boolean, claim: string): void {
    if (!holds) throw new Broken(claim);
    this.say(`   ✓ ${claim}`);
  }

  has(program: string): Promise<boolean> {
    return installed(program, this.env, process.platform);
  }

  run(command: string, args: readonly string[], cwd = this.home): Promise<RunResult> {
    this.say(`   $ ${[command, ...args].join(" ")}`);
    return run(command, args, { cwd, env: this.env, timeout: 60_000 });
  }

  write(path: string, text: string | Uint8Array): string {
    const full = join(this.home, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}
