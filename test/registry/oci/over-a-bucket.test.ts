/** All that must hold of images holds, too, where the artifacts are in a bucket. */
import { describe } from "vitest";

describe("over a bucket", async () => {
  process.env.FLY_TOKENS_TEST_ARTIFACTS = "bucket";
  for (const name of ["blobs", "manifests", "pulls", "referrers", "tags", "uploads"])
    await import(`./${name}.test.ts`);
});
