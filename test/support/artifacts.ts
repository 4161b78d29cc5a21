/** The places that a registry can keep artifacts in, for tests that must hold over each of them. */
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Artifacts } from "../../src/registry/store/artifacts.ts";
import { Blobs } from "../../src/registry/store/blobs.ts";
import { openBucket } from "../../src/registry/store/bucket/open.ts";
import { type FakeS3, startFakeS3 } from "../fakes/s3/fake.ts";

export type Place = "a folder" | "a bucket";

export interface TestArtifacts {
  blobs: Artifacts;
  /** On this machine: the folder, or where bytes for the bucket arrive. */
  folder: string;
  /** Of a bucket. */
  s3?: FakeS3;
  /** The same place again, as another process would open it. */
  again(): Promise<Artifacts>;
  /** Hex digits of the digests of all blobs. */
  stored(): Promise<string[]>;
  /** Names of what has not become a blob yet, on this machine and in the bucket. */
  arriving(): Promise<string[]>;
  /** Makes all of that look as if it had been written before. */
  age(to: Date): Promise<void>;
}

/** In a bucket, what has more than 6 bytes goes in parts of 5. */
export const smallParts = { whole: 6, part: 5 };

/** The place of the tests that do not name one: a folder, or with FLY_TOKENS_TEST_ARTIFACTS=bucket a bucket. */
function usualPlace(): Place {
  return process.env.FLY_TOKENS_TEST_ARTIFACTS === "bucket" ? "a bucket" : "a folder";
}

/** An empty place that goes with the test. @param sizes in a bucket; by default what the registry has */
export async function openArtifacts(
  place: Place = usualPlace(),
  sizes?: typeof smallParts,
): Promise<TestArtifacts> {
  const folder = await mkdtemp(join(tmpdir(), "fly-tokens-artifacts-"));
  const local = join(folder, "incoming");
  const s3 = place === "a bucket" ? await startFakeS3() : undefined;
  onTestFinished(async () => {
    await s3?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const again = () => (s3 ? openBucket(s3.options, local, sizes) : new Blobs(folder).open());
  const blobs = await again();
  const { prefix = "" } = s3?.options ?? {};
  const keys = (below: string) =>
    [...(s3?.bucket.objects.keys() ?? [])]
      .filter((key) => key.startsWith(prefix + below))
      .map((key) => key.slice(prefix.length + below.length));

  return {
    blobs,
    folder,
    ...(s3 && { s3 }),
    again,
    stored: async () => (s3 ? keys("sha256/") : readdir(join(folder, "sha256"))),
    arriving: async () => [
      ...(await readdir(local)),
      ...keys("incoming/"),
      ...(s3?.bucket.uploads.keys() ?? []),
    ],
    async age(to) {
      for (const name of await readdir(local)) await utimes(join(local, name), to, to);
      for (const object of s3?.bucket.objects.values() ?? []) object.writtenAt = to;
      for (const upload of s3?.bucket.uploads.values() ?? []) upload.begunAt = to;
    },
  };
}
