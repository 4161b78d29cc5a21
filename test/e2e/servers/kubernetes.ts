/**
 * As much of Kubernetes as `kubectl apply --server-side` and `kubectl get secret` speak to: what there is, and secrets with the owners of their
 * fields. No cluster: it proves what the real kubectl sends and how it says what the server said. (Before 1.27 kubectl wants
 * the schema of everything for a dry run, which is not here.)
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface KubeSecret {
  type: string;
  data: Record<string, string>;
  metadata: { name: string; namespace: string; annotations?: object };
}

export interface FakeKubernetes extends AsyncDisposable {
  url: string;
  /** By namespace/name, as they are kept, with the manager of their data. */
  secrets: Map<string, KubeSecret & { manager: string }>;
  /** `METHOD PATH` of each request that is not a question of what there is. */
  log: string[];
}

/** Namespaces that are there; in those that begin with `closed` nobody may do anything. */
const namespaces = ["default", "shop", "closed"];

export async function startKubernetes(): Promise<FakeKubernetes> {
  const secrets: FakeKubernetes["secrets"] = new Map();
  const log: string[] = [];

  function patch({ pathname, searchParams }: URL, body: string): [number, object] {
    const [, , , , namespace = "", , name = ""] = pathname.split("/");
    if (namespace.startsWith("closed"))
      return failure(
        403,
        "Forbidden",
        `secrets "${name}" is forbidden: User "bob" cannot patch resource "secrets"`,
      );
    if (!namespaces.includes(namespace))
      return failure(404, "NotFound", `namespaces "${namespace}" not found`);
    const sent = JSON.parse(body) as KubeSecret;
    const manager = searchParams.get("fieldManager") ?? "";
    const former = secrets.get(`${namespace}/${name}`);
    const differs = JSON.stringify(former?.data) !== JSON.stringify(sent.data);
    if (former && former.manager !== manager && differs && searchParams.get("force") !== "true") {
      const message = `conflict with "${former.manager}"`;
      const causes = [{ reason: "FieldManagerConflict", message, field: ".data..dockerconfigjson" }];
      const said = `Apply failed with 1 conflict: ${message}: .data..dockerconfigjson`;
      return failure(409, "Conflict", said, { causes });
    }
    if (searchParams.get("dryRun") !== "All") secrets.set(`${namespace}/${name}`, { ...sent, manager });
    return [former ? 200 : 201, sent];
  }

  function get({ pathname }: URL): [number, object] {
    const [, , , , namespace = "", , name = ""] = pathname.split("/");
    const secret = secrets.get(`${namespace}/${name}`);
    if (!secret) return failure(404, "NotFound", `secrets "${name}" not found`);
    const { manager: _, ...kept } = secret;
    return [200, kept];
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://cluster");
    const known = discovery[url.pathname];
    if (!known && !/^\/(version|openapi)/.test(url.pathname)) log.push(`${request.method} ${request.url}`);
    const isSecret = /^\/api\/v1\/namespaces\/[^/]+\/secrets\/[^/]+$/.test(url.pathname);
    const [status, answer] = known
      ? [200, known]
      : isSecret && request.method === "PATCH"
        ? patch(url, await bodyOf(request))
        : isSecret && request.method === "GET"
          ? get(url)
          : failure(404, "NotFound", "the server could not find the requested resource");
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    log,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** kubectl's own settings: two contexts of this cluster, the second with a namespace. */
export function kubeconfig(url: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "here", cluster: { server: url } }],
    users: [{ name: "bob", user: { token: "a-token-of-nobody's" } }],
    contexts: [
      { name: "plain", context: { cluster: "here", user: "bob" } },
      { name: "eu/shop", context: { cluster: "here", user: "bob", namespace: "shop" } },
    ],
    "current-context": "plain",
  });
}

const discovery: Record<string, object> = {
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [
      {
        name: "secrets",
        singularName: "secret",
        namespaced: true,
        kind: "Secret",
        verbs: ["create", "patch"],
      },
    ],
  },
};

function failure(code: number, reason: string, message: string, details: object = {}): [number, object] {
  return [code, { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message, details }];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
