/**
 * A registry of a protocol that the local registry does not speak, which accepts the local registry's tokens: it asks
 * there about the token of every request, so that permission, expiry and revocation are real. What it serves is the
 * handler's business.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TestRegistry } from "../../support/registry.ts";

export interface GuardedRequest {
  method: string;
  /** Path and query as they were sent. */
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

export interface GuardedResponse {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface Guarded extends AsyncDisposable {
  /** Without a slash at its end. */
  url: string;
  /** `METHOD PATH SCHEME STATUS` of each request so far; the scheme is `none` for a request without a credential. */
  log: string[];
}

export interface GuardOptions {
  /** The realm's header for 401; `Basic realm="guarded"` unless the protocol wants another. */
  challenge?: string;
  /** Files of a certificate for `localhost` and 127.0.0.1 (see `certificate`): https instead of http. */
  tls?: { key: string; cert: string };
}

/** Reads are for every active token, everything else for those that may write. */
export async function startGuarded(
  registry: TestRegistry,
  handle: (request: GuardedRequest) => Promise<GuardedResponse> | GuardedResponse,
  { challenge = 'Basic realm="guarded"', tls }: GuardOptions = {},
): Promise<Guarded> {
  const log: string[] = [];

  async function answer(request: IncomingMessage): Promise<GuardedResponse & { scheme: string }> {
    const { method = "GET", url: path = "/", headers } = request;
    const { scheme, token } = credentialIn(headers.authorization ?? "");
    const refuse = (status: number) => ({ scheme, status, headers: { "www-authenticate": challenge } });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const known = token === undefined ? undefined : await introspect(registry, token);
    if (known?.active !== true) return refuse(401);
    if (!["GET", "HEAD"].includes(method) && known.token.permission !== "read_write") return refuse(403);
    return { scheme, ...(await handle({ method, path, headers, body: Buffer.concat(chunks) })) };
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { scheme, status = 200, headers = {}, body = "" } = await answer(request);
    log.push(`${request.method} ${request.url} ${scheme} ${status}`);
    response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void respond(request, response).catch((error: unknown) => {
      log.push(`${request.method} ${request.url} failed ${error}`);
      response.writeHead(500).end(String(error));
    });
  const server = tls
    ? createTlsServer({ key: readFileSync(tls.key), cert: readFileSync(tls.cert) }, listener)
    : createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    log,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A certificate for `localhost` that signs itself, for two days. Programs are told of it by SSL_CERT_FILE and NODE_EXTRA_CA_CERTS. */
export function certificate(folder: string): { key: string; cert: string } {
  const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const out = ["-keyout", files.key, "-out", files.cert];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject, ...out],
    {
      stdio: "ignore",
    },
  );
  return files;
}

/** The token of a Basic or Bearer credential; in a header of its own word, that word (gem, nuget's API key). */
function credentialIn(authorization: string): { scheme: string; token?: string } {
  const [scheme = "", value = ""] = authorization.split(" ");
  if (scheme === "") return { scheme: "none" };
  if (!/^basic$/i.test(scheme)) return { scheme: value ? scheme : "bare", token: value || scheme };
  const plain = Buffer.from(value, "base64").toString("utf8");
  return { scheme, token: plain.slice(plain.indexOf(":") + 1) };
}

interface Introspection {
  active: boolean;
  token: { permission: string };
}

async function introspect(registry: TestRegistry, token: string): Promise<Introspection | undefined> {
  const response = await registry.call("POST", "/introspect", { token });
  return response.ok ? ((await response.json()) as Introspection) : undefined;
}
