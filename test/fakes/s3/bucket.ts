/** What is in a bucket, and what S3 answers about it. */
import { createHash, randomUUID } from "node:crypto";
import type { Operation } from "./operation.ts";

export interface StoredObject {
  body: Buffer;
  etag: string;
  writtenAt: Date;
}

export interface Unfinished {
  key: string;
  parts: Map<number, StoredObject>;
  begunAt: Date;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Unfinished>();
  /** How many objects a page of a list has. */
  pageSize = 1000;
  /** A part that is not the last has at least so many bytes. */
  leastPart = 1;

  /** @param headers `range` and `x-amz-copy-source` are looked at */
  answer({ name, key, query }: Operation, body: Buffer, headers: NodeJS.Dict<string | string[]>): Answer {
    switch (name) {
      case "put": {
        const stored = storedOf(body);
        this.objects.set(key, stored);
        return { status: 200, headers: { etag: stored.etag } };
      }
      case "copy": {
        const [, ...source] = decodeURIComponent(`${headers["x-amz-copy-source"]}`)
          .replace(/^\//, "")
          .split("/");
        const from = this.objects.get(source.join("/"));
        if (!from) return failure(404, "NoSuchKey");
        this.objects.set(key, storedOf(from.body));
        return xml(`<CopyObjectResult><ETag>${from.etag}</ETag></CopyObjectResult>`);
      }
      case "head":
      case "get":
        return this.#read(key, name === "get" ? `${headers.range ?? ""}` : "");
      case "delete":
        this.objects.delete(key);
        return { status: 204 };
      case "list":
        return this.#list(query);
      default:
        return this.#inParts(name, key, query, body);
    }
  }

  #read(key: string, range: string): Answer {
    const found = this.objects.get(key);
    if (!found) return failure(404, "NoSuchKey");
    const headers = {
      etag: found.etag,
      "last-modified": found.writtenAt.toUTCString(),
      "accept-ranges": "bytes",
    };
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    if (from === undefined || to === undefined) return { status: 200, headers, body: found.body };
    const { length } = found.body;
    if (Number(from) >= length) return failure(416, "InvalidRange");
    const end = Math.min(Number(to), length - 1);
    const part = found.body.subarray(Number(from), end + 1);
    return {
      status: 206,
      headers: { ...headers, "content-range": `bytes ${from}-${end}/${length}` },
      body: part,
    };
  }

  #list(query: URLSearchParams): Answer {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, this.pageSize);
    const more = keys.length > page.length;
    const contents = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>${this.objects.get(key)?.writtenAt.toISOString()}</LastModified><Size>${this.objects.get(key)?.body.length}</Size></Contents>`,
    );
    return xml(
      `<ListBucketResult><IsTruncated>${more}</IsTruncated>${contents.join("")}${more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ""}</ListBucketResult>`,
    );
  }

  #inParts(name: Operation["name"], key: string, query: URLSearchParams, body: Buffer): Answer {
    if (name === "begin") {
      const id = randomUUID();
      this.uploads.set(id, { key, parts: new Map(), begunAt: new Date() });
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (name === "unfinished") {
      const found = [...this.uploads].filter(([, upload]) =>
        upload.key.startsWith(query.get("prefix") ?? ""),
      );
      const entries = found.map(
        ([id, upload]) =>
          `<Upload><Key>${upload.key}</Key><UploadId>${id}</UploadId><Initiated>${upload.begunAt.toISOString()}</Initiated></Upload>`,
      );
      return xml(`<ListMultipartUploadsResult>${entries.join("")}</ListMultipartUploadsResult>`);
    }
    const id = query.get("uploadId") ?? "";
    const upload = this.uploads.get(id);
    if (!upload || upload.key !== key) return failure(404, "NoSuchUpload");
    if (name === "part") {
      const part = storedOf(body);
      upload.parts.set(Number(query.get("partNumber")), part);
      return { status: 200, headers: { etag: part.etag } };
    }
    if (name === "complete") {
      const named = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, text = ""]) => ({
        number: Number(/<PartNumber>(\d+)</.exec(text)?.[1]),
        etag: /<ETag>(.*?)</.exec(text)?.[1]?.replaceAll("&quot;", '"'),
      }));
      const parts = named.map(({ number, etag }) => {
        const part = upload.parts.get(number);
        return part?.etag === etag ? part : undefined;
      });
      if (parts.length === 0 || parts.some((part) => !part)) return failure(400, "InvalidPart");
      const bodies = parts.flatMap((part) => (part ? [part.body] : []));
      if (bodies.slice(0, -1).some(({ length }) => length < this.leastPart))
        return failure(400, "EntityTooSmall");
      this.objects.set(key, storedOf(Buffer.concat(bodies)));
    }
    this.uploads.delete(id);
    return name === "complete"
      ? xml(`<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`)
      : { status: 204 };
  }
}

export function failure(status: number, code: string, more = ""): Answer {
  return { ...xml(`<Error><Code>${code}</Code><Message>It is refused.</Message>${more}</Error>`), status };
}

function xml(text: string): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>${text}`,
  };
}

function storedOf(body: Buffer): StoredObject {
  // MD5 is what S3 makes entity tags of; nothing relies on it.
  return { body, etag: `"${createHash("md5").update(body).digest("hex")}"`, writtenAt: new Date() };
}
