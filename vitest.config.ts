import { defineConfig } from "vitest/config";

/** With FLY_TOKENS_TEST_REPORTS set to a folder, each run leaves its counts there (.ci/run adds them up). */
const folder = process.env.FLY_TOKENS_TEST_REPORTS;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/e2e/**"],
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
