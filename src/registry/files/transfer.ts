/** Files on their way in, to disk and never as a whole in memory, and out. */
import { createHash, type Hash } from "node:crypto";
import { intact } from "../body.ts";
import { Refusal } from "../caller.ts";
import { download } from "../download.ts";
import type { RoomDeps } from "../room.ts";
import type { FileRow } from "../store/schema.ts";

/** Those that clients ask for, by the names that they have in file names and headers. */
export const checksums = ["md5", "sha1", "sha256", "sha512"] as const;
export type Checksum = (typeof checksums)[number];

type Content = Pick<FileRow, "digest" | "size" | "md5" | "sha1" | "sha512">;

/**
 * Stores the body of a PUT. Until its row is in the table nobody can read it.
 * @param limit in bytes
 * @throws Refusal 413; 400 when the connection breaks; 409 when an X-Checksum header is not that of the body
 */
export async function receive(deps: RoomDeps, request: Request, limit: number): Promise<Content> {
  if (Number(request.headers.get("content-length")) > limit) {
    throw new Refusal(413, "too_large", `More than ${limit / 1024 ** 3} GiB cannot be uploaded at once`);
  }
  const hashes = { md5: createHash("md5"), sha1: createHash("sha1"), sha512: createHash("sha512") };
  const body = ReadableStream.from(request.body ? hashed(request.body, Object.values(hashes)) : []);
  const { digest, size } = await deps.blobs.put(body as ReadableStream<Uint8Array>, limit);
  const content = {
    digest,
    size,
    md5: hashes.md5.digest("hex"),
    sha1: hashes.sha1.digest("hex"),
    sha512: hashes.sha512.digest("hex"),
  };
  for (const name of checksums) {
    const claimed = request.headers.get(`x-checksum-${name}`);
    if (claimed !== null) checkSum(content, name, claimed);
  }
  return content;
}

/** Hex. */
export function sumOf(file: Content, name: Checksum): string {
  return name === "sha256" ? file.digest.slice("sha256:".length) : file[name];
}

/** @throws Refusal 409 */
export function checkSum(file: Content, name: Checksum, claimed: string): void {
  if (claimed.toLowerCase() !== sumOf(file, name))
    throw new Refusal(409, "checksum_mismatch", `The file does not have the ${name} that is claimed for it`);
}

/** The answer to a GET or HEAD of a file. @throws Refusal 416 */
export function send(deps: RoomDeps, request: Request, file: FileRow, type: string): Promise<Response> {
  const sums = Object.fromEntries(checksums.map((name) => [`x-checksum-${name}`, sumOf(file, name)]));
  return download(deps.blobs, file.digest, request, {
    ...sums,
    "content-type": type,
    "cache-control": "private, no-cache",
    "last-modified": new Date(file.uploaded_at).toUTCString(),
  });
}

async function* hashed(body: ReadableStream<Uint8Array>, hashes: Hash[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of intact(body)) {
    for (const hash of hashes) hash.update(chunk);
    yield chunk;
  }
}
