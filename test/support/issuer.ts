/** An authorization server of a test's own: signs access tokens, publishes its keys, changes them, and can be down. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";

export interface SignOptions {
  header?: Record<string, unknown>;
  /** Replaces members; `undefined` takes one out. */
  claims?: Record<string, unknown>;
}

export interface TestIssuer {
  /** Its address, which is also its `iss`. */
  url: string;
  /** Answers for its metadata and its keys. */
  fetch: typeof globalThis.fetch;
  /** Addresses that it was asked for. */
  asked: string[];
  /** Every request is answered 503 from now on, or no longer. */
  down: boolean;
  /** What its metadata says beyond what is right. */
  metadata: Record<string, unknown>;
  /** An access token that is good for an hour, unless told otherwise. */
  sign(options?: SignOptions): Promise<string>;
  /** Publishes another key and signs with it; the former is gone. */
  rotate(): Promise<void>;
  /** The public key as text: what an attacker would sign with by HS256. */
  publicKey(): Promise<string>;
  /** Signs with a key that is not published, under a name that is. */
  forge(options?: SignOptions): Promise<string>;
}

export async function testIssuer(url: string, audience: string): Promise<TestIssuer> {
  let pair = await generateKeyPair("ES256", { extractable: true });
  let kid = 1;
  const sign = async (key: Parameters<SignJWT["sign"]>[0], { header = {}, claims = {} }: SignOptions) => {
    const now = Math.floor(Date.now() / 1000);
    const payload: Record<string, unknown> = {
      iss: url,
      aud: audience,
      sub: "ann",
      client_id: "agent",
      scope: "openid tokens:read",
      exp: now + 3600,
      ...claims,
    };
    for (const name of Object.keys(payload)) if (payload[name] === undefined) delete payload[name];
    return new SignJWT(payload as JWTPayload)
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: `key-${kid}`, ...header })
      .sign(key);
  };
  const issuer: TestIssuer = {
    url,
    asked: [],
    down: false,
    metadata: {},
    async fetch(input) {
      const address = new URL(input instanceof Request ? input.url : input);
      issuer.asked.push(address.pathname);
      if (issuer.down) return new Response("down", { status: 503 });
      if (address.pathname === "/keys")
        return Response.json({
          keys: [{ ...(await exportJWK(pair.publicKey)), kid: `key-${kid}`, use: "sig" }],
        });
      if (address.pathname.startsWith("/.well-known/oauth-authorization-server"))
        return Response.json({ issuer: url, jwks_uri: `${address.origin}/keys`, ...issuer.metadata });
      return new Response("not found", { status: 404 });
    },
    sign: (options = {}) => sign(pair.privateKey, options),
    async rotate() {
      pair = await generateKeyPair("ES256", { extractable: true });
      kid += 1;
    },
    publicKey: () => exportSPKI(pair.publicKey),
    forge: async (options = {}) => sign((await generateKeyPair("ES256")).privateKey, options),
  };
  return issuer;
}

/** The same at a port of this machine, for a program to ask. */
export async function servedIssuer(audience: string): Promise<TestIssuer & AsyncDisposable> {
  const server = createServer(async (request, response) => {
    const answer = await issuer.fetch(new URL(request.url ?? "/", issuer.url));
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = await testIssuer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, audience);
  return Object.assign(issuer, {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}
