/** The few things that are asked of a bucket, and the only file that knows the SDK. Every call throws BucketAway or BucketFault. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { BucketOptions, Span } from "../artifacts.ts";
import { connect } from "./connect.ts";
import { BucketAway, BucketFault, faultOf } from "./faults.ts";

/** Some or all bytes of a file on this machine. */
export interface Slice extends Span {
  path: string;
  size: number;
  /** SHA-256 of these bytes. */
  hex: string;
}

/** How often a body is sent; the SDK repeats what has none by itself. */
const attempts = 3;

export type Objects = ReturnType<typeof openObjects>;

export function openObjects(options: BucketOptions) {
  const client = connect(options);
  const Bucket = options.bucket;

  async function ask<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw ours(doing, error);
    }
  }

  return {
    /** In bytes; `undefined` when there is none. */
    async size(key: string): Promise<number | undefined> {
      try {
        const { ContentLength } = await ask("read", () =>
          client.send(new HeadObjectCommand({ Bucket, Key: key })),
        );
        return ContentLength;
      } catch (error) {
        if (error instanceof BucketFault && error.status === 404) return undefined;
        throw error;
      }
    },

    put: (key: string, slice: Slice) =>
      ask("write", () =>
        sendBody(slice, (Body, abortSignal) =>
          client.send(new PutObjectCommand({ Bucket, Key: key, Body, ...sealed(slice) }), { abortSignal }),
        ),
      ),

    /** Of at most 5 GiB. */
    copy: (from: string, to: string) =>
      ask("copy", () =>
        client.send(
          new CopyObjectCommand({
            Bucket,
            Key: to,
            CopySource: `${Bucket}/${from.split("/").map(encodeURIComponent).join("/")}`,
          }),
        ),
      ),

    /** @returns a stream that fails when the connection breaks, and that gives the connection up when it is destroyed */
    async get(key: string, span?: Span): Promise<Readable> {
      const Range = span && `bytes=${span.start}-${span.end}`;
      const { Body } = await ask("read", () =>
        client.send(new GetObjectCommand({ Bucket, Key: key, Range })),
      );
      return Body as Readable;
    },

    /** All bytes, to be used here. */
    async *read(key: string): AsyncGenerator<Uint8Array> {
      try {
        yield* await this.get(key);
      } catch (error) {
        throw ours("read", error);
      }
    },

    remove: (key: string) => ask("delete", () => client.send(new DeleteObjectCommand({ Bucket, Key: key }))),

    async *list(Prefix: string): AsyncGenerator<{ key: string; writtenAt: Date }> {
      for (let ContinuationToken: string | undefined, more = true; more; ) {
        const page = await ask("list", () =>
          client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken })),
        );
        for (const { Key, LastModified } of page.Contents ?? [])
          if (Key !== undefined && LastModified) yield { key: Key, writtenAt: LastModified };
        ContinuationToken = page.NextContinuationToken;
        more = page.IsTruncated === true && ContinuationToken !== undefined;
      }
    },

    /** A large object, in parts. */
    async begin(key: string): Promise<string> {
      const { UploadId } = await ask("write", () =>
        client.send(new CreateMultipartUploadCommand({ Bucket, Key: key })),
      );
      if (UploadId === undefined) throw new BucketFault("write", "NoUploadId", undefined);
      return UploadId;
    },

    /** @param part from 1 @returns its entity tag */
    async sendPart(key: string, UploadId: string, part: number, slice: Slice): Promise<string> {
      const { ETag } = await ask("write", () =>
        sendBody(slice, (Body, abortSignal) =>
          client.send(
            new UploadPartCommand({ Bucket, Key: key, UploadId, PartNumber: part, Body, ...sealed(slice) }),
            { abortSignal },
          ),
        ),
      );
      if (ETag === undefined) throw new BucketFault("write", "NoETag", undefined);
      return ETag;
    },

    /** @param tags what `sendPart` returned, in order */
    complete: (key: string, UploadId: string, tags: readonly string[]) =>
      ask("write", () =>
        client.send(
          new CompleteMultipartUploadCommand({
            Bucket,
            Key: key,
            UploadId,
            MultipartUpload: { Parts: tags.map((ETag, at) => ({ ETag, PartNumber: at + 1 })) },
          }),
        ),
      ),

    abandon: (key: string, UploadId: string) =>
      ask("delete", () => client.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId }))),

    /** Large objects that were begun, and neither completed nor abandoned: the first thousand. */
    async unfinished(Prefix: string): Promise<{ key: string; id: string; begunAt: Date }[]> {
      const { Uploads = [] } = await ask("list", () =>
        client.send(new ListMultipartUploadsCommand({ Bucket, Prefix })),
      );
      return Uploads.flatMap(({ Key, UploadId, Initiated }) =>
        Key !== undefined && UploadId !== undefined && Initiated
          ? [{ key: Key, id: UploadId, begunAt: Initiated }]
          : [],
      );
    },

    close: () => client.destroy(),
  };
}

function ours(doing: string, error: unknown): BucketAway | BucketFault {
  return error instanceof BucketAway || error instanceof BucketFault ? error : faultOf(doing, error);
}

/** What makes the service compare the bytes that it gets with those that were sent (connect.ts signs the first). */
function sealed({ size, hex }: Slice): { ContentLength: number; ChecksumSHA256: string } {
  return { ContentLength: size, ChecksumSHA256: Buffer.from(hex, "hex").toString("base64") };
}

/** A stream can be sent once only, so that whoever repeats has to open it anew. */
async function sendBody<T>(
  { path, start, end, size }: Slice,
  send: (body: Readable | Uint8Array, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (size === 0) return send(new Uint8Array(), new AbortController().signal);
  for (let attempt = 1; ; attempt++) {
    const body = createReadStream(path, { start, end });
    const broken = new AbortController();
    body.on("error", () => broken.abort());
    try {
      return await send(body, broken.signal);
    } catch (error) {
      if (attempt === attempts || !(faultOf("write", error) instanceof BucketAway)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt * Math.random()));
    } finally {
      body.destroy();
    }
  }
}
