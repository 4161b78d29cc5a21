/** Request bodies: the small ones as a whole, all of them with an end that is known to be the end. */
import { Refusal } from "./caller.ts";

/** Passes a body on. @throws Refusal 400 when the client goes away in the middle, which is no fault of ours */
export async function* intact(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw new Refusal(400, "BLOB_UPLOAD_INVALID", "The connection broke before the end of the body.");
  }
}

/** Reads a body into memory, for the few that are small by nature: manifests and forms. @param limit in bytes @throws Refusal 413 */
export async function readBody(request: Request, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ? intact(request.body) : []) {
    size += chunk.length;
    if (size > limit) throw new Refusal(413, "SIZE_INVALID", `More than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
