/**
 * As much of GitHub's REST API as a secret of GitHub Actions needs (docs.github.com/rest/actions/secrets), with the
 * private keys that the real one keeps to itself: what it was given is opened, and kept for a test to look at.
 */
import sodium from "libsodium-wrappers";
import { type Received, startServer } from "../../providers/server.ts";
import { type Answer, send } from "./answer.ts";
import { type Route, routeOf } from "./route.ts";

/** What goes wrong, once for every request to the route. `cut`: the connection ends, before or after it was done. */
export type Fault = Answer | "cut before" | "cut after" | "short key" | "moved";

export interface FakeGithub extends AsyncDisposable {
  url: string;
  /** May read and write secrets of every repository. */
  token: string;
  /** By name, and the names of their environments. */
  repositories: Record<string, string[]>;
  /** Values by `OWNER/REPO/NAME` or `OWNER/REPO/ENVIRONMENT/NAME`. */
  secrets: Map<string, string>;
  /** By route. */
  faults: Partial<Record<"key" | "get" | "put" | "list", Fault>>;
  /** Runs before a route answers. */
  before: Partial<Record<"key" | "get" | "put" | "list", () => void>>;
  requests: Received[];
  /** What a request had that it should not, or had not. */
  violations: string[];
}

export async function startFakeGithub(): Promise<FakeGithub> {
  await sodium.ready;
  const standard = sodium.base64_variants.ORIGINAL;
  const keys = sodium.crypto_box_keypair();
  const key_id = "568250167242549743";
  const fake = {
    token: `github_pat_${"canary0123456789".repeat(4)}`,
    repositories: { "acme/web": ["production", "eu west/1 (a&b)?#%"] } as Record<string, string[]>,
    secrets: new Map<string, string>(),
    faults: {} as FakeGithub["faults"],
    before: {} as FakeGithub["before"],
    violations: [] as string[],
  };

  function answerTo(received: Received): Answer | "cut" {
    // gh asks an enterprise's GitHub below this.
    const route = routeOf(received.method, received.path.replace(/^\/api\/v3(?=\/)/, ""));
    if (!route) return notFound;
    fake.before[route.kind]?.();
    const fault = fake.faults[route.kind];
    if (fault === "cut before") return "cut";
    if (fault === "moved")
      return {
        status: 301,
        body: { message: "Moved Permanently" },
        headers: { location: "/repositories/1" },
      };
    if (typeof fault === "object") return fault;
    const answer = normally(route, received, fault === "short key");
    return fault === "cut after" ? "cut" : answer;
  }

  function normally(route: Route, received: Received, short: boolean): Answer {
    const refusal = refusalOf(route, received);
    if (refusal) return refusal;
    const { kind, repository, environment, name } = route;
    const folder = `${repository}/${environment === undefined ? "" : `${environment}/`}`;
    const there = fake.secrets.has(folder + name);
    switch (kind) {
      case "key": {
        const key = keys.publicKey.slice(short ? 1 : 0);
        return { status: 200, body: { key_id, key: sodium.to_base64(key, standard) } };
      }
      case "list": {
        const names = [...fake.secrets.keys()].filter((one) => one.replace(/[^/]*$/, "") === folder);
        const secrets = names.map((one) => ({ name: one.slice(folder.length), ...dates }));
        return { status: 200, body: { total_count: secrets.length, secrets } };
      }
      case "get":
        return there ? { status: 200, body: { name, ...dates } } : notFound;
      case "put": {
        const value = opened(received.body);
        if (value === undefined) return { status: 422, body: { message: "Validation Failed" } };
        fake.secrets.set(folder + name, value);
        return there ? { status: 204 } : { status: 201, body: {} };
      }
    }
  }

  function refusalOf({ repository, environment }: Route, { headers }: Received): Answer | undefined {
    if (!new RegExp(`^(Bearer|token) ${fake.token}$`).test(headers.authorization ?? ""))
      return { status: 401, body: { message: "Bad credentials" } };
    const environments = fake.repositories[repository];
    const there = environments && (environment === undefined || environments.includes(environment));
    return there ? undefined : notFound;
  }

  function opened(body: string): string | undefined {
    const sent = JSON.parse(body) as Record<string, unknown>;
    if (sent.key_id !== key_id) return undefined;
    try {
      const box = sodium.from_base64(String(sent.encrypted_value), standard);
      return sodium.to_string(sodium.crypto_box_seal_open(box, keys.publicKey, keys.privateKey));
    } catch {
      return undefined;
    }
  }

  const server = await startServer((received, response) => {
    fake.violations.push(
      ...violationsOf(received).map((one) => `${received.method} ${received.path} ${one}`),
    );
    const answer = answerTo(received);
    if (answer === "cut") response.destroy();
    else send(response, answer);
  });
  return Object.assign(fake, {
    url: server.url,
    requests: server.received,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  });
}

const notFound: Answer = { status: 404, body: { message: "Not Found" } };
const dates = { created_at: "2026-01-02T03:04:05Z", updated_at: "2026-01-02T03:04:05Z" };

/** GitHub refuses a request without a user agent, and asks for the rest. */
function violationsOf({ method, headers }: Received): string[] {
  if (headers["user-agent"]?.startsWith("GitHub CLI")) return [];
  const wanted: Record<string, string | undefined> = {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    "user-agent": "fly-tokens-mcp",
    "content-type": method === "PUT" ? "application/json" : undefined,
  };
  return Object.entries(wanted).flatMap(([name, value]) =>
    headers[name] === value ? [] : [`${name}: ${String(headers[name])}`],
  );
}
