/**
 * PostgreSQL for tests: Debian's programs, a cluster of its own in a temporary folder, on loopback. It refuses to run as
 * root, so that root runs it as `postgres`, the user that Debian's package makes.
 */
import { execFile } from "node:child_process";
import { accessSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);

export interface Postgres extends AsyncDisposable {
  /** As a superuser. @param schema a new one keeps a test apart from all others */
  url(schema?: string): string;
  /** `immediate`: all of its processes end at once, in the middle of what they do. */
  stop(mode?: "fast" | "immediate"): Promise<void>;
  /** At the same port, with what it had. A standby takes no writes. */
  start(as?: "primary" | "standby"): Promise<void>;
}

/** The folder of the programs; `undefined` when they are not installed. */
export function postgresPrograms(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = list(debian).sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(":"),
  ];
  return folders.find((folder) => exists(join(folder, "initdb")));
}

/** @param programs what `postgresPrograms` found */
export async function startPostgres(programs: string): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-postgres-"));
  const data = join(folder, "data");
  const port = await freePort();
  const user = process.getuid?.() === 0 ? await userOf("postgres") : undefined;
  if (user) await chown(folder, user.uid, user.gid);
  const call = (program: string, ...args: string[]) =>
    run(join(programs, program), args, {
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
      ...user,
    });

  const postgres: Postgres = {
    url: (schema) =>
      `postgres://postgres@127.0.0.1:${port}/postgres${schema === undefined ? "" : `?schema=${schema}`}`,
    async stop(mode = "fast") {
      await call("pg_ctl", "-D", data, "-m", mode, "-w", "stop");
    },
    async start(as = "primary") {
      const signal = join(data, "standby.signal");
      if (as === "standby") await writeFile(signal, "");
      else await rm(signal, { force: true });
      const settings = [
        "listen_addresses=127.0.0.1",
        "max_connections=200",
        // What has been written outlasts the end of its processes all the same, and this machine does not lose its power.
        "fsync=off",
        "full_page_writes=off",
      ];
      const options = [`-p ${port} -k ${folder}`, ...settings.map((setting) => `-c ${setting}`)].join(" ");
      await call("pg_ctl", "-D", data, "-o", options, "-l", join(folder, "log"), "-w", "start");
    },
    async [Symbol.asyncDispose]() {
      await postgres.stop("immediate").catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    // In a locale that does not sort by bytes, as most of users' databases are.
    await call(
      "initdb",
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "trust",
      "--no-sync",
      "--locale-provider=icu",
      "--icu-locale=en",
      "-E",
      "UTF8",
    );
    await postgres.start();
  } catch (error) {
    await postgres[Symbol.asyncDispose]();
    throw error;
  }
  return postgres;
}

async function userOf(name: string): Promise<{ uid: number; gid: number }> {
  const ids = ["-u", "-g"].map(async (which) => Number((await run("id", [which, name])).stdout));
  const [uid = 0, gid = 0] = await Promise.all(ids);
  return { uid, gid };
}

function list(folder: string): string[] {
  return exists(folder) ? readdirSync(folder) : [];
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
