/** The provider `local`: the registry that comes with this program, over its own API (openapi/fly.yaml). */
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { Config } from "../../config.ts";
import type { Seams } from "../../seams.ts";
import { Secret } from "../../secret.ts";
import { refusal } from "../http.ts";
import type {
  Environments,
  Grant,
  Identity,
  IssueRequest,
  Provider,
  Registries,
  Token,
  Tokens,
} from "../provider.ts";
import type { components, paths } from "./api.generated.ts";
import { Link } from "./link.ts";

type Api = ReturnType<typeof createClient<paths>>;
type ApiToken = components["schemas"]["Token"];

/** @param config settings @param seams `fetch` and the clock, for the registry that may be started inside */
export function local(config: Config, seams: Seams): Provider {
  const link = new Link(config, seams);
  const api = createClient<paths>({
    baseUrl: `${config.local_url}/fly/api/v1`,
    fetch: (request) => link.request(request),
  });
  return {
    id: "local",
    title: "The local registry",
    configured: true,
    url: config.local_url,
    tokens: tokensOf(api),
    environments: environmentsOf(api),
    registries: registriesOf(api, config.local_url),
    identity: identityOf(api),
    notes: () =>
      link.embedded
        ? [
            "The local registry runs inside this server and ends with it; `fly-tokens registry` in a terminal keeps it running.",
          ]
        : [],
    close: () => link.close(),
  };
}

function tokensOf(api: Api): Tokens {
  const revoke: Tokens["revoke"] = async (id) => {
    const { already } = await answer(api.POST("/tokens/{id}/revoke", { params: { path: { id } } }));
    return already ? "already_revoked" : "revoked";
  };
  const issue = async (request: IssueRequest, attempt = 1): Promise<Grant> => {
    const { name, permission, environment, expires_at, idempotency_key } = request;
    const granted = await answer(
      api.POST("/tokens", {
        // Without a key of the caller's, one of our own: a create whose answer was lost can be sent again.
        params: { header: { "Idempotency-Key": idempotency_key ?? randomUUID() } },
        body: {
          name,
          permission,
          expires_at: expires_at?.toISOString() ?? null,
          ...(environment !== undefined && { environment }),
        },
      }),
    );
    const token = model(granted.token);
    if (granted.value !== undefined) return { token, secret: new Secret(granted.value) };
    if (idempotency_key !== undefined || attempt === 2) return { token };
    // The answer with the value was lost on the way, and only that answer had it: this token is of no use to anyone.
    await revoke(token.id);
    return issue(request, 2);
  };
  return {
    issue,
    revoke,
    async list({ expires_before, permission, ...query }) {
      // Nothing here has a permission of another product's making.
      if (permission === "custom") return { items: [], total: 0 };
      const page = await answer(
        api.GET("/tokens", {
          params: { query: defined({ ...query, permission, expires_before: expires_before?.toISOString() }) },
        }),
      );
      return { items: page.tokens.map(model), next_cursor: page.next_cursor, total: page.total };
    },
    get: async (id) => model(await answer(api.GET("/tokens/{id}", { params: { path: { id } } }))),
    async delete(id) {
      await answer(api.DELETE("/tokens/{id}", { params: { path: { id } } }));
      return "deleted";
    },
  };
}

function environmentsOf(api: Api): Environments {
  const at = (name: string) => ({ params: { path: { name } } });
  return {
    create: (name, description) => answer(api.POST("/environments", { body: { name, description } })),
    list: async () => (await answer(api.GET("/environments"))).environments,
    get: (name) => answer(api.GET("/environments/{name}", at(name))),
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

function registriesOf(api: Api, url: string): Registries {
  return {
    async endpoint(ecosystem) {
      if (ecosystem === "npm") return { ecosystem, url: `${url}/artifactory/api/npm/npm/` };
      if (ecosystem === "pypi")
        return {
          ecosystem,
          url: `${url}/artifactory/api/pypi/pypi/simple`,
          publish_url: `${url}/artifactory/api/pypi/pypi`,
        };
      return { ecosystem, url: new URL(url).host, path: "docker" };
    },
    async passThrough(ecosystem, upstream) {
      if (ecosystem !== "docker")
        await answer(
          api.PUT("/upstreams/{ecosystem}", { params: { path: { ecosystem } }, body: { url: upstream } }),
        );
    },
    async introspect(secret) {
      const { token } = await answer(api.POST("/introspect", { body: { token: secret.reveal() } }));
      return token && model(token);
    },
  };
}

function identityOf(api: Api): Identity {
  return { me: () => answer(api.GET("/me")) };
}

const scopes = {
  read_only: "download packages and images",
  read_write: "download and publish packages and images",
};

function model(token: ApiToken): Token {
  return { ...token, provider: "local", scope: scopes[token.permission] };
}

const fixes = {
  unauthorized: "Set FLY_TOKENS_LOCAL_KEY to a key that is valid at this registry.",
  forbidden: "Ask an admin of this registry.",
  not_found: "Look it up with list_tokens or describe_environment.",
  conflict: "Look at what is there with list_tokens or describe_environment.",
  invalid_input: "Correct the argument and call again.",
  rate_limited: "Wait, then try again.",
} as const;

/** The data of a successful answer. @throws Problem */
async function answer<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await call;
  if (response.ok) return data as Data;
  const said = (error as { error?: { message?: unknown } } | undefined)?.error?.message;
  throw refusal(response, typeof said === "string" ? said : undefined, fixes);
}

/** The members that have a value. */
function defined<Members extends object>(
  members: Members,
): { [Key in keyof Members]: Exclude<Members[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
