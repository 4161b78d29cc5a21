/** Requests to a registry, wherever it runs, with its admin's key. */
import type { TokenView } from "../../src/registry/tokens.ts";

export interface MintOptions {
  name?: string;
  permission?: "read_only" | "read_write";
  /** ISO 8601; `null`: never. */
  expires_at?: string | null;
  environment?: string;
  /** Whose key mints it; the admin's by default. */
  key?: string;
}

export interface RegistryClient {
  url: string;
  adminKey: string;
  /** @param path below the registry's URL; the admin's key goes with it unless `init` says otherwise */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** A management call with a JSON body. @param path below /fly/api/v1 */
  call(method: string, path: string, body?: unknown, key?: string): Promise<Response>;
  mint(options?: MintOptions): Promise<{ token: TokenView; value: string }>;
  /** A user of this name. @returns their key */
  addUser(name: string, role?: "admin" | "developer"): Promise<string>;
}

/** @param url without a slash at its end */
export function registryClient(url: string, adminKey: string): RegistryClient {
  const client: RegistryClient = {
    url,
    adminKey,
    fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${adminKey}`);
      return fetch(`${url}${path}`, { ...init, headers });
    },
    call(method, path, body, key = adminKey) {
      const headers = {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      };
      return fetch(`${url}/fly/api/v1${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    },
    async mint({ key, ...wanted } = {}) {
      const body = { name: "test", permission: "read_write", expires_at: null, ...wanted };
      return created(await client.call("POST", "/tokens", body, key));
    },
    async addUser(name, role = "developer") {
      const { key } = await created<{ key: string }>(await client.call("POST", "/users", { name, role }));
      return key;
    },
  };
  return client;
}

async function created<T>(response: Response): Promise<T> {
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
