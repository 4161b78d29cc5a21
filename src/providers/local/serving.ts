/** How the registry of these settings is served, inside this process or by `fly-tokens registry`. */
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { isLoopback } from "../../loopback.ts";
import { Problem } from "../../problem.ts";
import type { ServeOptions } from "../../registry/serve.ts";
import type { BucketOptions } from "../../registry/store/artifacts.ts";
import type { Seams } from "../../seams.ts";
import { checkAddress } from "../address.ts";
import { clientDefaults } from "./client-default.ts";

/** Where the registry's data is. */
export function registryFolder(config: Config): string {
  return join(config.folders.data, "registry");
}

/**
 * @param url where clients reach it; it listens there, too, unless the settings say otherwise
 * @throws Problem `not_configured`, `unsafe_location`
 */
export function serveOptions(
  config: Config,
  seams: Pick<Seams, "now" | "run" | "env">,
  url: string,
): ServeOptions {
  return {
    folder: registryFolder(config),
    ...placeOf(new URL(url), config.registry_listen),
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

type Place = Pick<ServeOptions, "host" | "port" | "publicUrl" | "remote">;

/** Where it listens, and what it calls itself. Only a proxy has TLS, so only behind one may others reach it. */
function placeOf(url: URL, listen: Config["registry_listen"]): Place {
  const isTls = url.protocol === "https:";
  if (listen === undefined) {
    if (!isTls) return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 80) };
    throw new Problem(
      "not_configured",
      `FLY_TOKENS_LOCAL_URL is ${url.origin}, and the registry itself has no TLS.`,
      "Put a proxy with TLS there, and set FLY_TOKENS_REGISTRY_LISTEN to where it finds the registry, such as 127.0.0.1:7411.",
    );
  }
  checkAddress(url.href, "FLY_TOKENS_LOCAL_URL");
  if (url.pathname !== "/")
    throw new Problem(
      "not_configured",
      `FLY_TOKENS_LOCAL_URL has the path ${url.pathname}, and clients look for images at the root of a host.`,
      `Give the registry a host of its own, and set FLY_TOKENS_LOCAL_URL to ${url.origin}.`,
    );
  if (!isTls && !isLoopback(listen.host))
    throw new Problem(
      "not_configured",
      `Other machines reach ${listen.host}, where FLY_TOKENS_REGISTRY_LISTEN lets the registry listen, and tokens would travel to it unencrypted.`,
      "Put a proxy with TLS in front and set FLY_TOKENS_LOCAL_URL to its https address; or listen at 127.0.0.1.",
    );
  return { ...listen, publicUrl: url.origin, remote: isTls };
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
