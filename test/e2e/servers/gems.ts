/**
 * A registry of gems: what `gem push` sends, the full index that `gem install` reads, and the compact index that
 * Bundler reads (guides.rubygems.org/rubygems-org-compact-index-api).
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import type { TestRegistry } from "../../support/registry.ts";
import { type Guarded, type GuardedRequest, type GuardedResponse, startGuarded } from "./guarded.ts";

const base = "/artifactory/api/gems/gems";

/** @returns a registry without gems; its URL has no slash at its end */
export async function startGems(registry: TestRegistry): Promise<Guarded> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-gems-"));
  await mkdir(join(folder, "gems"));
  const index = () => promisify(execFile)("gem", ["generate_index", "--directory", folder]);
  await index();

  async function push(body: Buffer): Promise<GuardedResponse> {
    const name = nameOf(body);
    if (name === undefined) return { status: 422, body: "no gem" };
    await writeFile(join(folder, "gems", `${name}.gem`), body);
    await index();
    return { body: `Successfully registered gem: ${name}` };
  }

  async function handle({ method, path, body }: GuardedRequest): Promise<GuardedResponse> {
    if (!path.startsWith(`${base}/`)) return { status: 404 };
    const page = path.slice(base.length + 1);
    if (method === "POST") return page === "api/v1/gems" ? push(body) : { status: 404 };
    const info = /^info\/([\w-]+)$/.exec(page)?.[1];
    if (page === "versions") return { body: await versions(folder) };
    if (info !== undefined) return { body: await infoOf(folder, info) };
    const file = join(folder, normalize(`/${page}`));
    return readFile(file).then(
      (content) => ({ body: content }),
      () => ({ status: 404 }),
    );
  }

  const server = await startGuarded(registry, handle);
  return {
    url: server.url + base,
    log: server.log,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** NAME-VERSION of a gem, which is a tar archive whose first file is a specification. */
function nameOf(gem: Buffer): string | undefined {
  if (gem.toString("utf8", 0, 11) !== "metadata.gz") return undefined;
  const size = Number.parseInt(gem.toString("utf8", 124, 136), 8);
  const metadata = gunzipSync(gem.subarray(512, 512 + size)).toString("utf8");
  const [, name, version] = /^name: ([\w-]+)\nversion: .*\n {2}version: ([\w.]+)$/m.exec(metadata) ?? [];
  return name && version && `${name}-${version}`;
}

async function versionsOf(folder: string): Promise<Map<string, string[]>> {
  const all = new Map<string, string[]>();
  for (const file of (await readdir(join(folder, "gems"))).sort()) {
    const [, name = "", version = ""] = /^(.*)-(.*)\.gem$/.exec(file) ?? [];
    all.set(name, [...(all.get(name) ?? []), version]);
  }
  return all;
}

async function infoOf(folder: string, name: string): Promise<string> {
  const lines: string[] = [];
  for (const version of (await versionsOf(folder)).get(name) ?? []) {
    const gem = await readFile(join(folder, "gems", `${name}-${version}.gem`));
    lines.push(`${version} |checksum:${createHash("sha256").update(gem).digest("hex")}\n`);
  }
  return `---\n${lines.join("")}`;
}

async function versions(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const [name, all] of await versionsOf(folder)) {
    const sum = createHash("md5")
      .update(await infoOf(folder, name))
      .digest("hex");
    lines.push(`${name} ${all.join(",")} ${sum}\n`);
  }
  return `created_at: 2026-01-01T00:00:00Z\n---\n${lines.join("")}`;
}
