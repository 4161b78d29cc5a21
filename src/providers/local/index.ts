/** The provider `local`: the registry that comes with this program, over its own API. */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import type { Secret } from "../../secret.ts";
import type { Environments, Identity, Provider, Registries, Token } from "../provider.ts";
import { type Api, answer, defined, openApi } from "./api.ts";
import { endpointOf } from "./endpoints.ts";
import { naming } from "./environment-named.ts";
import { Link } from "./link.ts";
import { model, tokensOf } from "./tokens.ts";

/** @param config settings @param seams `fetch`, and what the registry that may be started inside needs */
export function local(config: Config, seams: Seams): Provider {
  const link = new Link(config, seams);
  const api = openApi(config.local_url, link);
  return {
    id: "local",
    title: "The local registry",
    configured: true,
    url: config.local_url,
    tokens: tokensOf(api),
    environments: environmentsOf(api),
    registries: registriesOf(api, config),
    identity: identityOf(api),
    notes: () =>
      link.embedded
        ? [
            "The local registry runs inside this server and ends with it; `fly-tokens registry` in a terminal keeps it running.",
          ]
        : [],
    isUp: () => link.isUp(),
    close: () => link.close(),
  };
}

function environmentsOf(api: Api): Environments {
  const at = (name: string) => ({ params: { path: { name } } });
  return {
    create: (name, description) => answer(api.POST("/environments", { body: { name, description } })),
    list: async () => (await answer(api.GET("/environments"))).environments,
    get: (name) => naming(name, answer(api.GET("/environments/{name}", at(name))), api),
    running: async (name) => (await answer(api.GET("/environments/{name}/running", at(name)))).running,
    drift: async (name) => (await answer(api.GET("/environments/{name}/drift", at(name)))).drift,
    async history(name, query) {
      const page = await answer(
        api.GET("/environments/{name}/deployments", { params: { path: { name }, query: defined(query) } }),
      );
      return { items: page.deployments, next_cursor: page.next_cursor };
    },
  };
}

function registriesOf(api: Api, config: Config): Registries {
  return {
    endpoint: async (ecosystem) => endpointOf(ecosystem, config),
    async passThrough(ecosystem, upstream) {
      if (ecosystem === "npm" || ecosystem === "pypi")
        await answer(
          api.PUT("/upstreams/{ecosystem}", { params: { path: { ecosystem } }, body: { url: upstream } }),
        );
    },
    async introspect(secret) {
      // What lies in a configuration file need not be a token at all.
      if (!/^[!-~]{1,4096}$/.test(secret.reveal())) return undefined;
      // The user's key knows dead tokens too, but a developer's only their own; a token that lives knows itself.
      return (await askAbout(api, secret)) ?? askItself(api, secret);
    },
  };
}

async function askAbout(api: Api, secret: Secret, headers = {}): Promise<Token | undefined> {
  const { token } = await answer(
    api.POST("/introspect", { body: { token: secret.reveal() }, headers, fetch: api.repeatedly }),
  );
  return token && model(token);
}

async function askItself(api: Api, secret: Secret): Promise<Token | undefined> {
  try {
    return await askAbout(api, secret, { authorization: `Bearer ${secret.reveal()}` });
  } catch (error) {
    // Unknown, or too many unknown ones already.
    if (error instanceof Problem && ["unauthorized", "rate_limited"].includes(error.code)) return undefined;
    throw error;
  }
}

function identityOf(api: Api): Identity {
  return { me: () => answer(api.GET("/me")) };
}
