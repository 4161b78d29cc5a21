/** What artifacts in a bucket have to stand: a service that is away, cuts off, or says no; and clients that go away. */
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BucketOptions } from "../../../src/registry/store/artifacts.ts";
import { openBucket } from "../../../src/registry/store/bucket/open.ts";
import { Secret } from "../../../src/secret.ts";
import { failure } from "../../fakes/s3/bucket.ts";
import { startFakeS3 } from "../../fakes/s3/fake.ts";
import { openArtifacts, smallParts } from "../../support/artifacts.ts";
import { startRegistry } from "../../support/registry.ts";

const content = "0123456789";
const hex = createHash("sha256").update(content).digest("hex");
const digest = `sha256:${hex}`;
const bytes = Buffer.from(content);

async function open(sizes?: typeof smallParts) {
  const { s3, ...artifacts } = await openArtifacts("a bucket", sizes);
  if (!s3) throw new Error("There is no bucket.");
  s3.log.length = 0;
  return { ...artifacts, s3 };
}

/** A registry whose artifacts are in a bucket, with a token that may write. */
async function serve() {
  const s3 = await startFakeS3();
  const registry = await startRegistry({ artifacts: s3.options });
  onTestFinished(async () => {
    await registry.close();
    await s3[Symbol.asyncDispose]();
  });
  const { value } = await registry.mint();
  const send = (
    method: string,
    file: string,
    body?: RequestInit["body"],
    headers: Record<string, string> = {},
  ) =>
    registry.fetch(`/artifactory/api/generic/${file}`, {
      method,
      headers: { authorization: `Bearer ${value}`, ...headers },
      ...(body !== undefined && { body }),
    });
  return { s3, registry, send };
}

describe("a blob in a bucket", () => {
  it("is sent once, with its hash in the signature, below the prefix", async () => {
    const { blobs, s3 } = await open();
    await blobs.put(bytes, 10);
    await blobs.put(bytes, 10);
    const key = `team/registry/sha256/${hex}`;
    expect(s3.log).toEqual([`head ${key}`, `put ${key}`, `head ${key}`]);
    const { headers } = s3.requests.find((request) => request.key === key && request.name === "put") ?? {};
    expect(headers).toMatchObject({
      "x-amz-content-sha256": hex,
      "x-amz-checksum-sha256": Buffer.from(hex, "hex").toString("base64"),
      "content-length": "10",
    });
    expect(s3.violations).toEqual([]);
  });

  it("is sent again when what has its name is not as long", async () => {
    const { blobs, s3 } = await open();
    s3.bucket.objects.set(`team/registry/sha256/${hex}`, {
      body: Buffer.from("0"),
      etag: '"x"',
      writtenAt: new Date(),
    });
    await blobs.put(bytes, 10);
    expect(await new Response(await blobs.stream(digest)).text()).toBe(content);
  });

  it("is there before it is said to be", async () => {
    const { blobs, s3 } = await open();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    s3.fault = ({ name }) => (name === "put" ? held : undefined);
    let said = false;
    const put = blobs.put(bytes, 10).then(() => (said = true));
    await expect.poll(() => s3.log.at(-1)).toContain("put ");
    await new Promise((resolve) => setImmediate(resolve));
    expect([said, s3.bucket.objects.size]).toEqual([false, 0]);
    letGo();
    await put;
    expect(s3.bucket.objects.size).toBe(1);
  });

  it("goes in parts when it is large, and is one object then", async () => {
    const { blobs, s3 } = await open(smallParts);
    await blobs.put(bytes, 10);
    expect(s3.log.map((line) => line.split(" ")[0])).toEqual(["head", "begin", "part", "part", "complete"]);
    expect([s3.bucket.objects.size, s3.bucket.uploads.size, s3.violations]).toEqual([1, 0, []]);
  });

  it.each(["part", "complete"] as const)("is given up in the bucket when a %s fails", async (which) => {
    const { blobs, s3, stored, arriving } = await open(smallParts);
    s3.fault = ({ name }) => (name === which ? failure(403, "AccessDenied") : undefined);
    await expect(blobs.put(bytes, 10)).rejects.toThrow("AccessDenied");
    expect([await stored(), await arriving()]).toEqual([[], []]);
    s3.fault = undefined;
    await blobs.put(bytes, 10);
    expect(await stored()).toEqual([hex]);
  });

  it.each([
    ["is cut off before", "cut before", undefined],
    ["is cut off after it was done", "cut after", undefined],
    ["is told to slow down", failure(503, "SlowDown"), undefined],
    ["is cut off before", "cut before", smallParts],
  ] as const)("is sent again when it %s", async (_how, fault, sizes) => {
    const { blobs, s3, stored } = await open(sizes);
    let left = 1;
    s3.fault = ({ name }) => (/put|part/.test(name) && left-- > 0 ? fault : undefined);
    await blobs.put(bytes, 10);
    expect(await stored()).toEqual([hex]);
  });

  it.each([
    ["cuts off", "cut before", undefined],
    ["fails", failure(500, "InternalError"), undefined],
    ["cuts off every part", "cut before", smallParts],
  ] as const)(
    "is refused as unavailable while the bucket %s, and nothing is kept",
    async (_how, fault, sizes) => {
      const { blobs, s3, stored, arriving } = await open(sizes);
      s3.fault = ({ name }) => (/put|part/.test(name) ? fault : undefined);
      await expect(blobs.put(bytes, 10)).rejects.toMatchObject({
        status: 503,
        headers: { "retry-after": "2" },
      });
      expect([await stored(), await arriving()]).toEqual([[], []]);
    },
  );

  it("is not kept when it arrives with other bytes", async () => {
    const { blobs, s3, stored } = await open();
    s3.fault = ({ name }) => (name === "put" ? failure(400, "XAmzContentSHA256Mismatch") : undefined);
    await expect(blobs.put(bytes, 10)).rejects.toThrow("XAmzContentSHA256Mismatch");
    expect(await stored()).toEqual([]);
  });
});

describe("a download from a bucket", () => {
  it("passes a range on, and asks for nothing when the client has it", async () => {
    const { s3, send } = await serve();
    await send("PUT", "a/1/f", content);
    const ask = (headers: Record<string, string>) => send("GET", "a/1/f", undefined, headers);
    const part = await ask({ range: "bytes=2-4" });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
      206,
      "bytes 2-4/10",
      "234",
    ]);
    const gets = s3.requests.filter(({ name }) => name === "get");
    expect(gets.at(-1)?.headers.range).toBe("bytes=2-4");
    expect((await ask({ "if-none-match": `"${digest}"` })).status).toBe(304);
    expect((await ask({ range: "bytes=10-" })).status).toBe(416);
    expect(s3.requests.filter(({ name }) => name === "get")).toHaveLength(gets.length);
  });

  it("that breaks in the middle is broken for the client, too, and never a shorter file", async () => {
    const { s3, send } = await serve();
    await send("PUT", "a/1/f", content);
    s3.fault = ({ name }) => (name === "get" ? "cut half" : undefined);
    const answer = await send("GET", "a/1/f");
    expect([answer.status, answer.headers.get("content-length")]).toEqual([200, "10"]);
    await expect(answer.text()).rejects.toThrow();
    s3.fault = undefined;
    expect(await (await send("GET", "a/1/f")).text()).toBe(content);
  });

  it("waits for a slow client, and ends at the bucket when the client goes away", async () => {
    const { s3, send } = await serve();
    const large = Buffer.alloc(64 * 1024 ** 2, "x");
    expect((await send("PUT", "a/1/large", large)).status).toBe(201);
    const before = s3.sent;
    const answer = await send("GET", "a/1/large");
    const reader = answer.body?.getReader();
    await reader?.read();
    // What sockets and buffers hold on the way is a few MiB; then it stands still.
    const moves = async () => {
      const { sent } = s3;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return s3.sent !== sent;
    };
    await expect.poll(moves, { timeout: 20_000 }).toBe(false);
    expect(s3.sent - before).toBeLessThan(large.length / 2);
    await reader?.cancel();
    await expect.poll(() => s3.givenUp.join()).toContain("/sha256/");
  });

  it("is refused as unavailable while the bucket is away, and works again by itself", async () => {
    const { s3, send, registry } = await serve();
    await send("PUT", "a/1/f", content);
    s3.fault = () => "cut before";
    for (const [method, body] of [
      ["GET", undefined],
      ["PUT", "more"],
    ] as const) {
      const answer = await send(method, method === "PUT" ? "a/1/g" : "a/1/f", body);
      expect([method, answer.status, answer.headers.get("retry-after")]).toEqual([method, 503, "2"]);
    }
    s3.fault = undefined;
    expect(await (await send("GET", "a/1/f")).text()).toBe(content);
    expect((await send("PUT", "a/1/g", "more")).status).toBe(201);
    expect(registry.log.filter((line) => "fault" in line)).toEqual([]);
  });
});

describe("a bucket that cannot be used is a problem at the start", () => {
  async function refused(change: (options: BucketOptions) => BucketOptions) {
    await using s3 = await startFakeS3();
    s3.bucket.pageSize = 1;
    return await startRegistry({ artifacts: change(s3.options) }).then(
      () => "started",
      ({ code, message, fix }) => ({ code, text: `${message} ${fix}` }),
    );
  }

  it.each<[string, (options: BucketOptions) => BucketOptions, string, RegExp]>([
    [
      "it does not exist",
      (good) => ({ ...good, bucket: "none" }),
      "not_configured",
      /no bucket `none`.*FLY_TOKENS_ARTIFACTS/,
    ],
    [
      "the key is unknown",
      (good) => ({
        ...good,
        credentials: { accessKeyId: "AKIANOBODY", secretAccessKey: new Secret("canary-of-nobody") },
      }),
      "unauthorized",
      /InvalidAccessKeyId.*AWS_ACCESS_KEY_ID/,
    ],
    [
      "the key is wrong",
      (good) => ({
        ...good,
        credentials: {
          accessKeyId: good.credentials?.accessKeyId ?? "",
          secretAccessKey: new Secret("canary-of-nobody"),
        },
      }),
      "unauthorized",
      /SignatureDoesNotMatch.*AWS_SECRET_ACCESS_KEY/,
    ],
    ["it is in another region", (good) => ({ ...good, region: "eu-west-1" }), "not_configured", /AWS_REGION/],
    [
      "nobody is there",
      (good) => ({ ...good, endpoint: "http://127.0.0.1:1" }),
      "not_configured",
      /does not answer \(ECONNREFUSED\).*FLY_TOKENS_S3_ENDPOINT/,
    ],
  ])("when %s", async (_why, change, code, text) => {
    expect(await refused(change)).toMatchObject({ code, text: expect.stringMatching(text) });
  });

  it.each([
    ["list", ["put", "get", "head", "delete"]],
    ["write", ["list", "get", "head", "delete"]],
    ["read", ["list", "put", "delete"]],
    ["delete", ["list", "put", "get", "head"]],
  ] as const)("when the key may not %s, and it says so", async (what, allowed) => {
    await using s3 = await startFakeS3();
    await expect(startRegistry({ artifacts: s3.withKey(allowed) })).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining(`did not let the registry ${what} (AccessDenied, 403)`),
    });
  });

  it("when there is no key, nor a place where AWS's own programs would find one", async () => {
    await using s3 = await startFakeS3();
    process.env.AWS_EC2_METADATA_DISABLED = "true";
    onTestFinished(() => void delete process.env.AWS_EC2_METADATA_DISABLED);
    const { credentials: _, ...options } = s3.options;
    await expect(startRegistry({ artifacts: options })).rejects.toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("There is no key for the bucket `artifacts`"),
    });
    expect(s3.log).toEqual([]);
  });

  it("and otherwise leaves nothing of its trial", async () => {
    const { stored, arriving } = await open();
    expect([await stored(), await arriving()]).toEqual([[], []]);
  });
});

it("neither errors nor logs tell the bucket's secrets, even when the service quotes them", async () => {
  const { s3, send, registry } = await serve();
  const said: unknown[] = [];
  for (const code of ["SignatureDoesNotMatch", "AccessDenied", "InternalError"]) {
    const quoted = failure(
      code === "InternalError" ? 500 : 403,
      code,
      `<StringToSign>${s3.secret}</StringToSign>`,
    );
    s3.fault = () => quoted;
    const answer = await send("PUT", "a/1/f", content);
    said.push(answer.status, await answer.text());
    said.push(await openBucket(s3.options, registry.folder).catch((error: unknown) => error));
  }
  const text = inspect([said, registry.log], { depth: 10, showHidden: true, getters: true });
  expect(text).toContain("The bucket did not let the registry read (403).");
  for (const secret of [s3.secret, "StringToSign", "AWS4-HMAC", "Signature="])
    expect(text).not.toContain(secret);
});
