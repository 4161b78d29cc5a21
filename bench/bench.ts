/**
 * `npm run bench`: the numbers of docs/benchmarks.md and docs/scaling.md, as ratios taken in one run. Exit code 1 when a bound
 * is missed. Names as arguments (`npx tsx bench/bench.ts pulls pages`): only those.
 */
import { cpus } from "node:os";
import { benchConfigure } from "./configure.ts";
import { benchDownloads } from "./downloads.ts";
import { benchGateway } from "./gateway.ts";
import { benchIntrospection } from "./introspection.ts";
import { benchMacaroons } from "./macaroon.ts";
import { benchPages } from "./pages.ts";
import { benchPulls } from "./pulls.ts";
import { endPostgres } from "./registry.ts";
import { benchReplicas } from "./replicas.ts";
import { benchStart } from "./start.ts";

const benches = {
  start: benchStart,
  configure: benchConfigure,
  introspection: benchIntrospection,
  macaroons: benchMacaroons,
  pages: benchPages,
  downloads: benchDownloads,
  pulls: benchPulls,
  replicas: benchReplicas,
  gateway: benchGateway,
};

const wanted = process.argv.slice(2);
const began = performance.now();
process.stdout.write(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()})\n\n`,
);
process.stdout.write("| what | ours | against | ratio | bound | |\n|---|---|---|---|---|---|\n");
try {
  for (const [name, bench] of Object.entries(benches)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const { what, ours, against, ratio, bound, holds } of await bench()) {
      process.stdout.write(
        `| ${what} | ${ours} | ${against} | ${Number.isNaN(ratio) ? "–" : ratio.toFixed(2)} | ${bound} | ${bound === "–" ? "" : holds ? "holds" : "MISSED"} |\n`,
      );
      if (!holds) process.exitCode = 1;
    }
  }
} finally {
  await endPostgres();
}
process.stderr.write(`\n${((performance.now() - began) / 1000).toFixed(0)} seconds\n`);
