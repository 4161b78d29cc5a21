/**
 * As much of S3 as artifacts in a bucket need: path-style addresses, signature version 4, the hash of every body compared
 * with what arrived. Objects are kept in memory; a test sees them, and says what goes wrong.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { BucketOptions } from "../../../src/registry/store/artifacts.ts";
import { Secret } from "../../../src/secret.ts";
import { type Answer, Bucket, failure } from "./bucket.ts";
import { type Name, type Operation, operationOf } from "./operation.ts";
import { verify } from "./signature.ts";

/**
 * What goes wrong. `cut before`: the connection ends before anything was done; `cut after`: when it was done; `cut half`:
 * after half of the answer's body. A promise: when it is fulfilled the request is answered as usual.
 */
export type Fault = Answer | "cut before" | "cut after" | "cut half" | Promise<void>;

export interface FakeS3 extends AsyncDisposable {
  url: string;
  bucket: Bucket;
  /** Of a key that may do everything. */
  options: BucketOptions;
  /** @param allowed what the new key may do @returns options with it */
  withKey(allowed: readonly Name[]): BucketOptions;
  secret: string;
  /** Asked before each request is answered. */
  fault: ((operation: Operation) => Fault | undefined) | undefined;
  /** What was asked for, in order: `put sha256/…`. */
  log: string[];
  requests: { name: Name; key: string; headers: IncomingMessage["headers"] }[];
  /** Keys whose download the client did not take to its end. */
  givenUp: string[];
  /** Bytes of bodies that were handed to sockets. */
  sent: number;
  /** Requests with a body that nobody could verify. */
  violations: string[];
}

const region = "us-east-1";
const name = "artifacts";

export async function startFakeS3(): Promise<FakeS3> {
  const bucket = new Bucket();
  const keys = new Map<string, { secret: string; allowed?: readonly Name[] }>();
  const server = createServer((request, response) => {
    take(request, response).catch(() => request.socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const secret = "canary/of+the/bucket0123456789abcdefghij";

  function withKey(allowed?: readonly Name[]): BucketOptions {
    const accessKeyId = `AKIACANARY${keys.size}`;
    keys.set(accessKeyId, { secret, ...(allowed && { allowed }) });
    return {
      bucket: name,
      prefix: "team/registry/",
      endpoint: url,
      credentials: { accessKeyId, secretAccessKey: new Secret(secret) },
    };
  }

  const fake: FakeS3 = {
    url,
    bucket,
    options: withKey(),
    withKey,
    secret,
    fault: undefined,
    log: [],
    requests: [],
    givenUp: [],
    sent: 0,
    violations: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const operation = operationOf(method, url, headers["x-amz-copy-source"] !== undefined);
    if (!operation) return send(response, failure(501, "NotImplemented"));
    fake.log.push(`${operation.name} ${operation.key}`);
    fake.requests.push({ name: operation.name, key: operation.key, headers });
    const fault = fake.fault?.(operation);
    if (fault === "cut before") return void request.socket.destroy();
    if (fault instanceof Promise) await fault;
    const body = await bodyOf(request);
    if (typeof fault === "object" && !(fault instanceof Promise)) return send(response, fault);
    const answer =
      refusal({ method, url, headers }, operation, body) ?? bucket.answer(operation, body, headers);
    if (fault === "cut after") return void request.socket.destroy();
    if (fault === "cut half") return sendHalf(response, answer);
    await send(response, answer, operation);
  }

  function refusal(
    request: Parameters<typeof verify>[0],
    operation: Operation,
    body: Buffer,
  ): Answer | undefined {
    const signed = verify(request, region, (key) => keys.get(key)?.secret);
    // As AWS does it, with what a log must not show.
    if ("code" in signed)
      return failure(
        signed.code === "AuthorizationHeaderMalformed" ? 400 : 403,
        signed.code,
        `<StringToSign>${secret}</StringToSign>`,
      );
    const { allowed } = keys.get(signed.accessKey) ?? {};
    if (allowed && !allowed.includes(operation.name)) return failure(403, "AccessDenied");
    if (operation.bucket !== name) return failure(404, "NoSuchBucket");
    const claimed = request.headers["x-amz-content-sha256"];
    if (claimed === "UNSIGNED-PAYLOAD")
      fake.violations.push(`${operation.name} ${operation.key} is unsigned`);
    const hash = createHash("sha256").update(body).digest();
    if (claimed !== hash.toString("hex")) return failure(400, "XAmzContentSHA256Mismatch");
    const checksum = request.headers["x-amz-checksum-sha256"];
    return checksum !== undefined && checksum !== hash.toString("base64")
      ? failure(400, "BadDigest")
      : undefined;
  }

  async function send(response: ServerResponse, answer: Answer, operation?: Operation): Promise<void> {
    const { status, headers = {}, body = "" } = answer;
    const bytes = Buffer.from(body);
    response.writeHead(status, { ...headers, "content-length": bytes.length, "x-amz-request-id": "1" });
    if (operation?.name === "head") return void response.end();
    response.on("close", () => {
      if (!response.writableFinished && operation) fake.givenUp.push(operation.key);
    });
    for (let at = 0; at < bytes.length; at += 65_536) {
      const piece = bytes.subarray(at, at + 65_536);
      fake.sent += piece.length;
      if (!response.write(piece)) await Promise.race([once(response, "drain"), once(response, "close")]);
      if (response.destroyed) return;
    }
    response.end();
  }

  return fake;
}

function sendHalf(response: ServerResponse, { status, headers = {}, body = "" }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroy());
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
