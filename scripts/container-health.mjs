/** HEALTHCHECK of the container. Only a server can be asked; of any other command it is enough that it runs. */
import { readFileSync } from "node:fs";

const words = readFileSync("/proc/1/cmdline", "utf8").split("\0");
const flag = ["--port", "--http-port"].map((name) => words[words.indexOf(name) + 1 || words.length]);
const port = flag.find(Boolean) ?? (process.env.FLY_TOKENS_HTTP_PORT || "7410");
const listen = process.env.FLY_TOKENS_REGISTRY_LISTEN ?? process.env.FLY_TOKENS_LOCAL_URL ?? "";
const registryPort = /:(\d+)\/*$/.exec(listen)?.[1] ?? "7411";
const asked = words.includes("http")
  ? `${port}/healthz`
  : words.includes("registry") && `${registryPort}/fly/api/v1/health`;
if (asked)
  await fetch(`http://127.0.0.1:${asked}`).then(
    ({ ok }) => process.exit(ok ? 0 : 1),
    () => process.exit(1),
  );
