/** Settings of the local registry: what it has besides a folder, and what stands behind it. */
import * as z from "zod";
import { bucketUrl, databaseUrl, listenAt, secret, upstreams, url } from "./forms.ts";

export const registrySettings = {
  npm_upstream: {
    env: "FLY_TOKENS_NPM_UPSTREAM",
    guarded: true,
    form: () => z.union([z.literal("off"), url()]),
    about: "Where the local registry sends npm for packages it does not have, or off",
  },
  pypi_upstream: {
    env: "FLY_TOKENS_PYPI_UPSTREAM",
    guarded: true,
    form: () => z.union([z.literal("off"), url()]),
    about: "The same for the simple index of pip",
  },
  database_url: {
    env: "FLY_TOKENS_DATABASE_URL",
    guarded: true,
    secret: true,
    form: databaseUrl,
    about:
      "PostgreSQL for the local registry, and for the state of `fly-tokens http`, where several replicas share it: postgres://USER:PASSWORD@HOST/DATABASE",
  },
  artifacts: {
    env: "FLY_TOKENS_ARTIFACTS",
    guarded: true,
    form: bucketUrl,
    about: "Where the local registry keeps artifacts: s3://BUCKET/PREFIX; default: its folder",
  },
  s3_endpoint: {
    env: "FLY_TOKENS_S3_ENDPOINT",
    guarded: true,
    form: url,
    about: "Of the bucket, when it is not AWS's",
  },
  aws_region: {
    env: "AWS_REGION",
    guarded: true,
    form: () => z.string().regex(/^[a-z0-9-]+$/),
    about: "Of the bucket",
  },
  aws_access_key_id: {
    env: "AWS_ACCESS_KEY_ID",
    guarded: false,
    form: () => z.string().min(1),
    about: "For the bucket; without it the machine's own role or profile is used",
  },
  aws_secret_access_key: {
    env: "AWS_SECRET_ACCESS_KEY",
    guarded: false,
    secret: true,
    form: secret,
    about: "The same",
  },
  aws_session_token: {
    env: "AWS_SESSION_TOKEN",
    guarded: false,
    secret: true,
    form: secret,
    about: "The same, of a temporary credential",
  },
  registry_listen: {
    env: "FLY_TOKENS_REGISTRY_LISTEN",
    guarded: true,
    form: listenAt,
    about:
      "`fly-tokens registry`: where it listens, HOST:PORT, when FLY_TOKENS_LOCAL_URL is a proxy's address before it",
  },
  gateway: {
    env: "FLY_TOKENS_GATEWAY",
    guarded: true,
    secret: true,
    form: upstreams,
    preset: {},
    about:
      "Registries that you run already, behind the local registry's tokens: npm=URL,pypi=URL,docker=URL; with user:password@ or :token@ where they want one",
  },
  gateway_certificate: {
    env: "FLY_TOKENS_GATEWAY_CERTIFICATE",
    guarded: true,
    form: () => z.string().min(1),
    about:
      "For docker behind the gateway: a PEM file with a private key and its certificate, which your registry trusts",
  },
  gateway_events: {
    env: "FLY_TOKENS_GATEWAY_EVENTS",
    guarded: true,
    secret: true,
    form: () => secret(16),
    about: "For docker behind the gateway: the bearer with which your registry reports pushes and pulls",
  },
} as const;
