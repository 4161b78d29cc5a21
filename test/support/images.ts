/** Images without an engine: pushed and pulled over the registry's HTTP API, as docker does it. */
import { createHash } from "node:crypto";
import type { RegistryClient } from "./registry-client.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const basic = (value: string) => `Basic ${Buffer.from(`admin:${value}`).toString("base64")}`;

/** An image without layers, whose config alone tells it from others. @returns its digest */
export async function push(
  registry: Pick<RegistryClient, "fetch">,
  value: string,
  image: string,
  tag: string,
): Promise<string> {
  const config = JSON.stringify({ architecture: "amd64", os: "linux", config: { Labels: { tag } } });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: digestOf(config),
      size: config.length,
    },
    layers: [],
  });
  const send = (method: string, path: string, type: string, body: string) =>
    registry.fetch(`/v2/${image}/${path}`, {
      method,
      body,
      headers: { authorization: basic(value), "content-type": type },
    });
  const blob = `blobs/uploads/?digest=${digestOf(config)}`;
  await succeed(send("POST", blob, "application/octet-stream", config));
  await succeed(send("PUT", `manifests/${tag}`, manifestType, manifest));
  return digestOf(manifest);
}

export async function pull(
  registry: Pick<RegistryClient, "fetch">,
  value: string,
  image: string,
  reference: string,
): Promise<void> {
  await succeed(
    registry.fetch(`/v2/${image}/manifests/${reference}`, {
      headers: { authorization: basic(value), accept: manifestType },
    }),
  );
}

async function succeed(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
}
