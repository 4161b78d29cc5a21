/** Bundles the program into dist/: one entry, and a chunk for whatever a command or tool loads when it is called. */
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // The UMD form of a dependency (jsonc-parser) requires its own files in a way that cannot be bundled.
  mainFields: ["module", "main"],
  // The names of chunks follow from the paths of what is in them: the same wherever the packages really are.
  preserveSymlinks: true,
  external: ["@napi-rs/keyring", "better-sqlite3"],
  // CommonJS dependencies ask for node's modules by `require`, which a module does not have.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "linked",
  logLevel: "warning",
});
chmodSync("dist/main.js", 0o755);
