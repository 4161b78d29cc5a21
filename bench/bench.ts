/** `npm run bench`: the numbers of docs/benchmarks.md, as ratios taken in one run. Exit code 1 when a bound is missed. */
import { cpus } from "node:os";
import { benchConfigure } from "./configure.ts";
import { benchDownloads } from "./downloads.ts";
import { benchIntrospection } from "./introspection.ts";
import { benchMacaroons } from "./macaroon.ts";
import { benchPages } from "./pages.ts";
import { benchStart } from "./start.ts";

process.stdout.write(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()})\n\n`,
);
const benches = [benchStart, benchConfigure, benchIntrospection, benchMacaroons, benchPages, benchDownloads];
process.stdout.write("| what | ours | against | ratio | bound | |\n|---|---|---|---|---|---|\n");
for (const bench of benches) {
  for (const { what, ours, against, ratio, bound, holds } of await bench()) {
    process.stdout.write(
      `| ${what} | ${ours} | ${against} | ${Number.isNaN(ratio) ? "–" : ratio.toFixed(2)} | ${bound} | ${bound === "–" ? "" : holds ? "holds" : "MISSED"} |\n`,
    );
    if (!holds) process.exitCode = 1;
  }
}
