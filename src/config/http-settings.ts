/** Settings of `fly-tokens http`. */
import * as z from "zod";
import { callers, key, list, secret, url } from "./forms.ts";

export const httpSettings = {
  http_token: {
    env: "FLY_TOKENS_HTTP_TOKEN",
    guarded: true,
    secret: true,
    form: () => secret(16),
    about: "`fly-tokens http`: the bearer of a caller who may do everything; at least 16 characters",
  },
  http_callers: {
    env: "FLY_TOKENS_HTTP_CALLERS",
    guarded: true,
    form: callers,
    preset: {},
    about:
      "`fly-tokens http`: who else may call, as `fly-tokens caller NAME` prints it: NAME=SHA256:SCOPE+SCOPE,NAME=…",
  },
  http_host: {
    env: "FLY_TOKENS_HTTP_HOST",
    guarded: true,
    form: () => z.string().regex(/^[\w.:-]+$/, "an address or a host name"),
    preset: "127.0.0.1",
    about: "`fly-tokens http`: the address to listen at",
  },
  http_port: {
    env: "FLY_TOKENS_HTTP_PORT",
    guarded: true,
    form: () => z.coerce.number().int().min(0).max(65_535),
    preset: 7410,
    about: "`fly-tokens http`: the port to listen at; 0 for any",
  },
  http_url: {
    env: "FLY_TOKENS_HTTP_URL",
    guarded: true,
    form: url,
    about:
      "`fly-tokens http`: where callers on other machines reach it, such as https://tokens.example.com/mcp",
  },
  http_origins: {
    env: "FLY_TOKENS_HTTP_ORIGINS",
    guarded: true,
    form: list,
    preset: [],
    about: "`fly-tokens http`: web pages that may call it, by origin; otherwise only those of this machine",
  },
  http_key: {
    env: "FLY_TOKENS_HTTP_KEY",
    guarded: true,
    secret: true,
    form: () => key(32),
    about:
      "`fly-tokens http`: seals what a caller brings back, the same for all replicas; at least 32 random characters",
  },
  oauth_issuer: {
    env: "FLY_TOKENS_OAUTH_ISSUER",
    guarded: true,
    form: () => z.url({ protocol: /^https?$/ }),
    about:
      "`fly-tokens http`: the authorization server whose access tokens (JWT) are taken, exactly as its `iss`",
  },
  oauth_audience: {
    env: "FLY_TOKENS_OAUTH_AUDIENCE",
    guarded: true,
    form: () => z.string().min(1),
    about: "`fly-tokens http`: the `aud` that those tokens must have; default: FLY_TOKENS_HTTP_URL",
  },
  oauth_jwks_url: {
    env: "FLY_TOKENS_OAUTH_JWKS_URL",
    guarded: true,
    form: url,
    about: "`fly-tokens http`: where the issuer's keys are; default: as its metadata says",
  },
} as const;
