/** A process that stores a blob, to be killed in the middle: half of the bytes come, then none. `node --import tsx … FOLDER`, a bucket on stdin. */
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { BucketOptions } from "../../src/registry/store/artifacts.ts";
import { Blobs } from "../../src/registry/store/blobs.ts";
import { openBucket } from "../../src/registry/store/bucket/open.ts";
import { Secret } from "../../src/secret.ts";

// A source from which nothing comes keeps no process alive.
setInterval(() => {}, 60_000);
const [folder = "", whole] = process.argv.slice(2);
const input = await text(process.stdin);
const blobs =
  input === "" ? await new Blobs(folder).open() : await openBucket(bucket(input), join(folder, "incoming"));
const bytes = new TextEncoder().encode("half of it");
const source = new ReadableStream<Uint8Array>({
  start(controller) {
    controller.enqueue(bytes);
    if (whole) controller.close();
    process.stdout.write("begun\n");
  },
});
await blobs.put(source, 1000);
process.stdout.write("done\n");

function bucket(text: string): BucketOptions {
  const { accessKeyId, secret, ...options } = JSON.parse(text);
  return { ...options, credentials: { accessKeyId, secretAccessKey: new Secret(secret) } };
}
