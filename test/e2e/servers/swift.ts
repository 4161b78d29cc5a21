/**
 * A bucket that speaks S3: OpenStack Swift as Debian has it, with its own S3 interface and its own check of signatures. Four
 * processes over a folder of this machine, on loopback. (Without memcached; what Swift would keep there it asks for anew.)
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { connect } from "../../../src/registry/store/bucket/connect.ts";
import { Secret } from "../../../src/secret.ts";
import { freePort } from "../../support/free-port.ts";

export const swiftPrograms = [
  "swift-proxy-server",
  "swift-account-server",
  "swift-container-server",
  "swift-object-server",
  "swift-ring-builder",
];

export interface Swift extends AsyncDisposable {
  url: string;
  /** The process that clients speak to. */
  pid: number | undefined;
  key: { accessKeyId: string; secretAccessKey: string };
  /** One that is known, and may do nothing there. */
  stranger: { accessKeyId: string; secretAccessKey: string };
  createBucket(name: string): Promise<void>;
}

const run = promisify(execFile);
const storage = ["account", "container", "object"] as const;

export async function startSwift(): Promise<Swift> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-swift-"));
  await mkdir(join(folder, "devices/one"), { recursive: true });
  const base = (port: number) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
swift_dir = ${folder}
workers = 0
user = ${userInfo().username}
log_level = ERROR
`;
  const children: ReturnType<typeof spawn>[] = [];
  const start = async (server: string, config: string) => {
    const file = join(folder, `${server}.conf`);
    await writeFile(file, config);
    const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: "C.UTF-8" };
    const child = spawn(`swift-${server}-server`, [file], { cwd: folder, env, stdio: "ignore" });
    children.push(child);
    return child;
  };
  const swift: AsyncDisposable = {
    async [Symbol.asyncDispose]() {
      for (const child of children) {
        const ended = once(child, "exit");
        if (child.kill("SIGKILL")) await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    const storing = storage.map(async (kind) => {
      const port = await freePort();
      const builder = join(folder, `${kind}.builder`);
      await run("swift-ring-builder", [builder, "create", "2", "1", "0"]);
      await run("swift-ring-builder", [builder, "add", `r1z1-127.0.0.1:${port}/one`, "1"]);
      await run("swift-ring-builder", [builder, "rebalance"]);
      await start(
        kind,
        `${base(port)}devices = ${folder}/devices
mount_check = false
fallocate_reserve = 0
[pipeline:main]
pipeline = ${kind}-server
[app:${kind}-server]
use = egg:swift#${kind}
`,
      );
    });
    await Promise.all(storing);
    const port = await freePort();
    const middleware = [
      "catch_errors",
      "gatekeeper",
      "cache",
      "listing_formats",
      "bulk",
      "s3api",
      "tempauth",
      "copy",
      "slo",
    ];
    const more: Record<string, string> = {
      // Nobody listens there.
      cache: "memcache_servers = 127.0.0.1:1",
      s3api: "location = us-east-1",
      tempauth: "user_team_writer = canary-of-swift .admin\nuser_team_stranger = canary-of-nobody",
    };
    const filters = middleware.map(
      (name) =>
        `[filter:${name}]\nuse = egg:swift#${name === "cache" ? "memcache" : name}\n${more[name] ?? ""}\n`,
    );
    const proxy = await start(
      "proxy",
      `${base(port)}[pipeline:main]
pipeline = ${middleware.join(" ")} proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
${filters.join("")}`,
    );
    const url = `http://127.0.0.1:${port}`;
    const key = { accessKeyId: "team:writer", secretAccessKey: "canary-of-swift" };
    const secretAccessKey = new Secret(key.secretAccessKey);
    const client = connect({
      bucket: "",
      prefix: "",
      endpoint: url,
      credentials: { ...key, secretAccessKey },
    });
    await answers(url);
    return Object.assign(swift, {
      url,
      key,
      pid: proxy.pid,
      stranger: { accessKeyId: "team:stranger", secretAccessKey: "canary-of-nobody" },
      createBucket: async (Bucket: string) => {
        // The storage servers may still be starting.
        for (let attempt = 1; ; attempt++) {
          const made = client.send(new CreateBucketCommand({ Bucket }));
          if (
            await made.then(
              () => true,
              (error: unknown) => attempt === 60 && Promise.reject(error),
            )
          )
            return;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      },
    });
  } catch (error) {
    await swift[Symbol.asyncDispose]();
    throw error;
  }
}

/** Waits until something answers there. */
async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const there = await fetch(url).then(
      () => true,
      () => false,
    );
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("Swift does not answer.");
}
