/** What twine sends, made by hand: for tests of the protocol. */
import { createHash } from "node:crypto";
import type { RegistryClient } from "../../support/registry-client.ts";

export const mount = "/artifactory/api/pypi/pypi";

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The form that `twine upload` posts. @param change fields to set, or with `null` to leave out */
export function uploadForm(
  file: string,
  bytes: Buffer,
  change: Record<string, string | null> = {},
): FormData {
  const [name = "", version = ""] = file.replace(/\.tar\.gz$/, "").split("-");
  const fields: Record<string, string | null> = {
    ":action": "file_upload",
    protocol_version: "1",
    metadata_version: "2.1",
    name,
    version,
    filetype: file.endsWith(".whl") ? "bdist_wheel" : "sdist",
    requires_python: "",
    sha256_digest: sha256(bytes),
    md5_digest: createHash("md5").update(bytes).digest("hex"),
    ...change,
  };
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) if (value !== null) form.set(field, value);
  form.set("content", new Blob([new Uint8Array(bytes)]), file);
  return form;
}

/** Requests to the PyPI room with one credential. */
export function pypiClient(registry: Pick<RegistryClient, "fetch">, credential: string) {
  const authorization = `Basic ${Buffer.from(`__token__:${credential}`).toString("base64")}`;
  const send = (
    method: string,
    path: string,
    body?: FormData | string | null,
    headers: Record<string, string> = {},
  ) =>
    registry.fetch(`${mount}${path}`, {
      method,
      redirect: "manual",
      headers: { authorization, ...headers },
      body: body ?? null,
    });
  return {
    send,
    get: (path: string, headers?: Record<string, string>) => send("GET", path, null, headers),
    upload: (file: string, bytes: Buffer, change?: Record<string, string | null>) =>
      send("POST", "/", uploadForm(file, bytes, change)),
  };
}
