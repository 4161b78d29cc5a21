import { defineConfig } from "vitest/config";

/** With FLY_TOKENS_TEST_REPORTS set to a folder, each run leaves its counts there (.ci/run adds them up). */
const folder = process.env.FLY_TOKENS_TEST_REPORTS;

/**
 * With FLY_TOKENS_TEST_STORE=postgres the rooms of the registry run over PostgreSQL. What is left out then is the same over
 * either: it opens the stores that it is about by itself, or has none, or asks them nothing that other files do not ask.
 */
const sameOverEither =
  process.env.FLY_TOKENS_TEST_STORE === "postgres"
    ? [
        "test/registry/{store,gateway,gateway-docker}/**",
        "test/registry/{admin-key,durability}.test.ts",
        "test/registry/page/{answers,forms,outage,places}.test.ts",
        // Of a bucket, the database knows the uploads alone: uploads-bucket.test.ts.
        "test/registry/oci/over-a-bucket.test.ts",
        "test/registry/{accept,credential,throttle,tokens}.test.ts",
        "test/registry/npm/{address,name}.test.ts",
        "test/registry/oci/{content-range,manifest,path,scope}.test.ts",
        "test/registry/pypi/{blake2b,filename,project}.test.ts",
      ]
    : [];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/e2e/**", ...sameOverEither],
    setupFiles: ["test/support/isolate.ts"],
    globalSetup: ["test/support/postgres-setup.ts"],
    pool: "forks",
    // By default one core is left alone, which is half of a machine with two.
    maxWorkers: "100%",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: folder ? ["default", ["json", { outputFile: `${folder}/${process.pid}.json` }]] : ["default"],
  },
});
