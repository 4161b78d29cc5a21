/** How the registry of these settings is served, inside this process or by `fly-tokens registry`. */
import { join } from "node:path";
import type { Config } from "../../config.ts";
import type { ServeOptions } from "../../registry/serve.ts";
import type { Seams } from "../../seams.ts";
import { clientDefaults } from "./client-default.ts";

/** Where the registry's data is. */
export function registryFolder(config: Config): string {
  return join(config.folders.data, "registry");
}

/** @param url where to listen */
export function serveOptions(
  config: Config,
  seams: Pick<Seams, "now" | "run" | "env">,
  url: string,
): ServeOptions & { host: string } {
  const { hostname, port, protocol } = new URL(url);
  return {
    folder: registryFolder(config),
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || (protocol === "https:" ? 443 : 80)),
    now: seams.now,
    upstreams: { npm: config.npm_upstream, pypi: config.pypi_upstream },
    clientDefault: clientDefaults(seams),
  };
}
