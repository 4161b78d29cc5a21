/** A registry of its own for a test: a real server at a free port of 127.0.0.1, its data in a folder that goes with it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveRegistry } from "../../src/registry/serve.ts";
import type { RegistryOptions } from "../../src/registry/service.ts";
import type { RegistryDatabase } from "../../src/registry/store/database.ts";
import { openPostgres } from "../../src/registry/store/postgres/open.ts";
import { openSqlite } from "../../src/registry/store/sqlite.ts";
import type { TokenView } from "../../src/registry/tokens.ts";
import type { Secret } from "../../src/secret.ts";
import { postgresUrl, usualStore } from "./store.ts";

export interface MintOptions {
  name?: string;
  permission?: "read_only" | "read_write";
  /** ISO 8601; `null`: never. */
  expires_at?: string | null;
  environment?: string;
  /** Whose key mints it; the admin's by default. */
  key?: string;
}

export interface TestRegistry extends AsyncDisposable {
  url: string;
  folder: string;
  /** PostgreSQL, where it is not SQLite in the folder. */
  database: Secret | undefined;
  adminKey: string;
  /** One log record for each request so far. */
  log: Record<string, unknown>[];
  /** @param path below the registry's URL; the admin's key goes with it unless `init` says otherwise */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** A management call with a JSON body. @param path below /fly/api/v1 */
  call(method: string, path: string, body?: unknown, key?: string): Promise<Response>;
  mint(options?: MintOptions): Promise<{ token: TokenView; value: string }>;
  /** A user of this name. @returns their key */
  addUser(name: string, role?: "admin" | "developer"): Promise<string>;
  /** The registry's database by a connection of its own, to look behind it or to put something there. */
  openDatabase(): Promise<RegistryDatabase>;
  close(): Promise<void>;
}

export type TestRegistryOptions = Omit<RegistryOptions, "folder" | "log">;

export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-registry-"));
  const log: Record<string, unknown>[] = [];
  const database = options.database ?? (usualStore === "PostgreSQL" ? postgresUrl() : undefined);
  const served = await serveRegistry({
    ...options,
    database,
    folder,
    port: 0,
    log: (line) => log.push(line),
  });
  const adminKey = await served.registry.adminKey();

  const registry: TestRegistry = {
    url: served.url,
    folder,
    database,
    adminKey,
    log,
    fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${adminKey}`);
      return fetch(`${served.url}${path}`, { ...init, headers });
    },
    call(method, path, body, key = adminKey) {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      };
      return fetch(`${served.url}/fly/api/v1${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    },
    async mint({ key, ...wanted } = {}) {
      const body = { name: "test", permission: "read_write", expires_at: null, ...wanted };
      return created(await registry.call("POST", "/tokens", body, key));
    },
    async addUser(name, role = "developer") {
      const { key } = await created<{ key: string }>(await registry.call("POST", "/users", { name, role }));
      return key;
    },
    openDatabase: () => (database ? openPostgres(database) : openSqlite(join(folder, "registry.db"))),
    async close() {
      await served.close();
      await rm(folder, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => registry.close(),
  };
  return registry;
}

async function created<T>(response: Response): Promise<T> {
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
