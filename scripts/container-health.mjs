/** HEALTHCHECK of the container. Only a server over HTTP can be asked; of any other command it is enough that it runs. */
import { readFileSync } from "node:fs";

const words = readFileSync("/proc/1/cmdline", "utf8").split("\0");
const flag = ["--port", "--http-port"].map((name) => words[words.indexOf(name) + 1 || words.length]);
const port = flag.find(Boolean) ?? (process.env.FLY_TOKENS_HTTP_PORT || "7410");
if (words.includes("http"))
  await fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => process.exit(ok ? 0 : 1),
    () => process.exit(1),
  );
