/** A docker registry as a team runs one: Debian's, with token authentication, and reports of what is pushed and pulled. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface DockerRegistryOptions {
  port: number;
  /** Of the token service, without a slash at its end. */
  tokens: string;
  /** Paths of the certificates that it trusts. */
  trusted: readonly string[];
  /** Where it reports to. */
  events?: { url: string; bearer: string } | undefined;
}

export interface DockerRegistry extends AsyncDisposable {
  host: string;
  /** What it has said so far. */
  log(): string;
}

export async function startDockerRegistry({
  port,
  tokens,
  trusted,
  events,
}: DockerRegistryOptions): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-docker-registry-"));
  const host = `127.0.0.1:${port}`;
  const bundle = join(folder, "trusted.crt");
  await writeFile(bundle, (await Promise.all(trusted.map((path) => readFile(path, "utf8")))).join(""));
  const config = {
    version: "0.1",
    log: { level: "info", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: host },
    auth: {
      token: { realm: `${tokens}/v2/token`, service: host, issuer: "fly-tokens", rootcertbundle: bundle },
    },
    ...(events && {
      notifications: {
        events: { includereferences: true },
        endpoints: [
          {
            name: "fly-tokens",
            url: events.url,
            headers: { Authorization: [`Bearer ${events.bearer}`] },
            timeout: "2s",
            threshold: 3,
            backoff: "200ms",
          },
        ],
      },
    }),
  };
  const file = join(folder, "config.yml");
  await writeFile(file, JSON.stringify(config)); // which is YAML, too
  const child = spawn("docker-registry", ["serve", file], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: folder },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += String(text)));
  const ended = once(child, "close");
  await answering(
    `http://${host}/v2/`,
    () => child.exitCode !== null,
    () => log,
  );
  return {
    host,
    log: () => log,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(url: string, isOver: () => boolean, log: () => string): Promise<void> {
  for (;;) {
    if (isOver()) throw new Error(`docker-registry ended: ${log()}`);
    const up = await fetch(url).then(
      () => true,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A key and its certificate as docs/gateway.md makes them. @returns the file for us, and the one for the docker registry */
export function gatewayCertificate(folder: string, name = "gateway"): { pem: string; certificate: string } {
  const pem = join(folder, `${name}.pem`);
  const certificate = join(folder, `${name}.crt`);
  const command =
    "umask 077; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj /CN=fly-tokens" +
    ` -keyout ${name}.pem -out ${name}.crt && cat ${name}.crt >> ${name}.pem`;
  execFileSync("sh", ["-c", command], { cwd: folder, stdio: "ignore" });
  return { pem, certificate };
}
