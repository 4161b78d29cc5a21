/** What Maven and Gradle send, made by hand: for tests of the protocol. */
import { createHash } from "node:crypto";
import type { RegistryClient } from "../../support/registry-client.ts";

export const mount = "/artifactory/maven";

export function sum(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest("hex");
}

/** Requests to a room of files with one credential, as the password of Basic. @param at where the room is */
export function fileClient(registry: Pick<RegistryClient, "fetch">, credential: string, at = mount) {
  const authorization = `Basic ${Buffer.from(`admin:${credential}`).toString("base64")}`;
  const send = (method: string, path: string, body?: string | null, headers: Record<string, string> = {}) =>
    registry.fetch(`${at}${path}`, {
      method,
      redirect: "manual",
      headers: { authorization, ...headers },
      body: body ?? null,
    });
  return {
    send,
    get: (path: string, headers?: Record<string, string>) => send("GET", path, null, headers),
    put: (path: string, body: string, headers?: Record<string, string>) => send("PUT", path, body, headers),
  };
}
