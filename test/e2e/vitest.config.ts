import { defineConfig } from "vitest/config";

/** Real clients against the registry; one file after the other, since each starts many programs. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    setupFiles: ["test/support/isolate.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
