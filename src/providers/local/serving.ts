/** How the registry of these settings is served, inside this process or by `fly-tokens registry`. */
import { join } from "node:path";
import type { Config } from "../../config.ts";
import type { ServeOptions } from "../../registry/serve.ts";
import type { BucketOptions } from "../../registry/store/artifacts.ts";
import type { Seams } from "../../seams.ts";
import { clientDefaults } from "./client-default.ts";

/** Where the registry's data is. */
export function registryFolder(config: Config): string {
  return join(config.folders.data, "registry");
}

/** @param url where clients reach it; it listens there, too, unless the settings say otherwise */
export function serveOptions(
  config: Config,
  seams: Pick<Seams, "now" | "run" | "env">,
  url: string,
): ServeOptions & { host: string } {
  const { registry_listen: listen } = config;
  const { hostname, port, protocol } = new URL(listen === undefined ? url : `http://${listen}`);
  return {
    folder: registryFolder(config),
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || (protocol === "https:" ? 443 : 80)),
    ...(listen !== undefined && { publicUrl: url, remote: new URL(url).protocol === "https:" }),
    database: config.database_url,
    artifacts: bucketOf(config),
    gateway: {
      upstreams: config.gateway,
      certificate: config.gateway_certificate,
      events: config.gateway_events,
    },
    now: seams.now,
    upstreams: { npm: config.npm_upstream, pypi: config.pypi_upstream },
    clientDefault: clientDefaults(seams),
  };
}

function bucketOf(config: Config): BucketOptions | undefined {
  const { artifacts, s3_endpoint, aws_region, aws_access_key_id, aws_secret_access_key, aws_session_token } =
    config;
  if (!artifacts) return undefined;
  const hasKey = aws_access_key_id !== undefined && aws_secret_access_key !== undefined;
  return {
    ...artifacts,
    endpoint: s3_endpoint,
    region: aws_region,
    ...(hasKey && {
      credentials: {
        accessKeyId: aws_access_key_id,
        secretAccessKey: aws_secret_access_key,
        sessionToken: aws_session_token,
      },
    }),
  };
}
