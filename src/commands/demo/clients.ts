/** What the demo does with pip and docker, where they are installed. npm is always there. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "../../secret.ts";
import type { Session } from "./session.ts";
import type { Stage } from "./stage.ts";

/** A wheel by Python's own zipfile: pip is here, so Python is. */
const wheel = `import sys, zipfile
info = "fly_hello-1.0.0.dist-info"
files = {"fly_hello.py": "GREETING = 'hello'\\n", f"{info}/METADATA": "Metadata-Version: 2.1\\nName: fly-hello\\nVersion: 1.0.0\\n",
  f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: demo\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
files[f"{info}/RECORD"] = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for name, text in files.items(): archive.writestr(name, text)
`;

/** Publishes a wheel, lets pip find it; returns how to try again later. */
export async function pip(
  stage: Stage,
  session: Session,
  owner: { username: string; token: Secret },
): Promise<() => Promise<boolean>> {
  const set = await session.call("configure_package_manager", { manager: "pip" });
  stage.quote(set.text);
  stage.must(
    !set.isError && (set.data.verified as { ok?: boolean } | undefined)?.ok === true,
    "pip is set up with a read-only token, and the registry accepts it",
  );
  const path = join(stage.home, "fly_hello-1.0.0-py3-none-any.whl");
  await stage.run("python3", [stage.write("wheel.py", wheel), path]);
  const content = await readFile(path);
  const form = new FormData();
  for (const [name, value] of Object.entries({
    ":action": "file_upload",
    protocol_version: "1",
    metadata_version: "2.1",
    name: "fly-hello",
    version: "1.0.0",
    filetype: "bdist_wheel",
    pyversion: "py3",
    sha256_digest: createHash("sha256").update(content).digest("hex"),
  }))
    form.set(name, value);
  form.set("content", new Blob([new Uint8Array(content)]), "fly_hello-1.0.0-py3-none-any.whl");
  const basic = Buffer.from(`${owner.username}:${owner.token.reveal()}`).toString("base64");
  const uploaded = await fetch(`${stage.url}/artifactory/api/pypi/pypi/`, {
    method: "POST",
    body: form,
    headers: { authorization: `Basic ${basic}` },
  });
  stage.must(uploaded.ok, "a wheel was uploaded with the read & write token");
  let tries = 0;
  const download = async () => {
    const { code } = await stage.run("pip", [
      "download",
      "--no-deps",
      "--no-cache-dir",
      "--quiet",
      "--dest",
      `wheels-${++tries}`,
      "fly-hello",
    ]);
    return code === 0;
  };
  stage.must(await download(), "pip downloads it");
  return download;
}

/** Pushes an empty image, lets docker read its manifest; returns how to try again later. */
export async function docker(
  stage: Stage,
  session: Session,
  owner: { username: string; token: Secret },
): Promise<() => Promise<boolean>> {
  const set = await session.call("configure_package_manager", { manager: "docker" });
  stage.quote(set.text);
  stage.must(
    !set.isError && (set.data.verified as { ok?: boolean } | undefined)?.ok === true,
    "docker login succeeded with the secret on stdin",
  );
  const authorization = `Basic ${Buffer.from(`${owner.username}:${owner.token.reveal()}`).toString("base64")}`;
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: [] },
    config: {},
  });
  const digest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: config.length },
    layers: [],
  });
  const at = `${stage.url}/v2/docker/hello`;
  await fetch(`${at}/blobs/uploads/?digest=${digest}`, {
    method: "POST",
    headers: { authorization, "content-type": "application/octet-stream" },
    body: config,
  });
  const pushed = await fetch(`${at}/manifests/1.0`, {
    method: "PUT",
    headers: { authorization, "content-type": type },
    body: manifest,
  });
  stage.must(pushed.status === 201, "an image was pushed with the read & write token");
  const inspect = async () => {
    const { code } = await stage.run("docker", [
      "manifest",
      "inspect",
      "--insecure",
      `${new URL(stage.url).host}/docker/hello:1.0`,
    ]);
    return code === 0;
  };
  stage.must(await inspect(), "docker reads its manifest");
  return inspect;
}
