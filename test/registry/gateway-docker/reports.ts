/** A registry that a docker registry reports to, and reports as docker-registry 2.8 sends them. */
import { createHash, randomUUID } from "node:crypto";
import { Secret } from "../../../src/secret.ts";
import { startRegistry, type TestRegistryOptions } from "../../support/registry.ts";
import { type Made, pemFile } from "./certificates.ts";

export const bearer = "a-bearer-for-the-events";
export const eventsType = "application/vnd.docker.distribution.events.v1+json";
export const imageType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";

export const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

interface Told {
  id?: string;
  at?: Date;
  action?: string;
  method?: string;
  repository?: string;
  tag?: string | undefined;
  digest?: string;
  type?: string;
  actor?: string;
  references?: { mediaType?: string; digest: string }[];
}

/** One event, of a manifest unless told otherwise. */
export function event(told: Told = {}): object {
  const { id = randomUUID(), at = new Date(), action = "pull", repository = "hello", tag, actor } = told;
  const { digest = digestOf("1.0"), type = imageType, references } = told;
  return {
    id,
    timestamp: at.toISOString().replace("Z", "123456Z"), // Go's are of nanoseconds
    action,
    target: {
      mediaType: type,
      size: 192,
      digest,
      length: 192,
      repository,
      url: "http://x/",
      tag,
      references,
    },
    request: {
      id: randomUUID(),
      addr: "127.0.0.1:1",
      host: "x",
      method: told.method ?? "GET",
      useragent: "x",
    },
    actor: { name: actor },
    source: { addr: "vm:5000", instanceID: randomUUID() },
  };
}

export async function openReported(made: Made, options: TestRegistryOptions = {}) {
  const certificate = await pemFile(made.key + made.certificate);
  const upstreams = { docker: new Secret("https://images.example") };
  const registry = await startRegistry({
    ...options,
    gateway: { upstreams, certificate, events: new Secret(bearer) },
  });
  await registry.call("POST", "/environments", { name: "production" });
  const production = await registry.mint({ permission: "read_only", environment: "production" });
  const writer = await registry.mint();

  const send = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${registry.url}/fly/api/v1/gateway/docker/events`, {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${bearer}`, "content-type": eventsType, ...headers },
    });
  /** @returns how many counted */
  async function report(...events: object[]): Promise<number> {
    const response = await send(JSON.stringify({ events }));
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return ((await response.json()) as { recorded: number }).recorded;
  }
  async function ask<T>(what: "deployments" | "running" | "drift"): Promise<T[]> {
    const response = await registry.call("GET", `/environments/production/${what}`);
    return ((await response.json()) as Record<string, T[]>)[what] ?? [];
  }
  return {
    registry,
    production: production.token,
    writer: writer.token,
    send,
    report,
    pulled: (told: Told = {}) => event({ actor: production.token.id, ...told }),
    pushed: (told: Told = {}) => event({ actor: writer.token.id, action: "push", method: "PUT", ...told }),
    deployments: () =>
      ask<{ image: string; tag?: string; digest: string; at: string; token_id: string }>("deployments"),
    running: () => ask<{ image: string; tag?: string; digest: string }>("running"),
    drift: () => ask<{ image: string; running: string; latest: string; behind: number }>("drift"),
    [Symbol.asyncDispose]: () => registry.close(),
  };
}
