import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** Real clients against the bundle and the registry; two files at a time, since each starts many programs. */
export default defineConfig({
  test: {
    ...base.test,
    include: ["test/e2e/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: ["test/support/postgres-setup.ts", "test/e2e/global-setup.ts"],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
