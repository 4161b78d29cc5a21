/** What clients of a registry publish, one of a kind at a time, and how much of it is there afterwards. */
import { createHash } from "node:crypto";
import { fileClient } from "../registry/maven/client.ts";
import { checksums, npmClient } from "../registry/npm/client.ts";
import { pypiClient } from "../registry/pypi/client.ts";
import { push } from "../support/images.ts";
import type { RegistryClient } from "../support/registry-client.ts";

/** The status of an answer; 0 when the connection broke. */
export type Told = number;

export interface Work {
  name: string;
  publish(at: RegistryClient): Promise<Told>;
  /** `whole`, `absent`, or what is wrong with it. @throws when the registry does not say */
  found(at: RegistryClient): Promise<string>;
}

export async function told(answer: Promise<Response>): Promise<Told> {
  try {
    const response = await answer;
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

/** @param value of a token that may write */
export function work(turn: number, value: string): Work {
  const kind = kinds[turn % kinds.length] ?? npmWork;
  return kind(`work-${turn}`, value);
}

function npmWork(name: string, value: string): Work {
  return {
    name: `npm ${name}`,
    publish: (at) => told(npmClient(at, value).publish(name, "1.0.0")),
    async found(at) {
      const npm = npmClient(at, value);
      const document = await known(npm.get(`/${name}`));
      if (!document) return "absent";
      const { versions } = JSON.parse(`${document}`) as { versions: Record<string, { dist: Dist }> };
      const tarball = await known(npm.get(`/${name}/-/${name}-1.0.0.tgz`));
      if (!versions["1.0.0"] || !tarball) return "a document without its tarball";
      const { integrity } = checksums(tarball);
      return integrity === versions["1.0.0"].dist.integrity ? "whole" : "another tarball";
    },
  };
}

function pypiWork(name: string, value: string): Work {
  const file = `${name.replace("-", "_")}-1.0.0.tar.gz`;
  const bytes = Buffer.from(`${name} `.repeat(5_000));
  return {
    name: `PyPI ${name}`,
    publish: (at) => told(pypiClient(at, value).upload(file, bytes)),
    async found(at) {
      const pypi = pypiClient(at, value);
      if (!(await known(pypi.get(`/simple/${name}/`)))) return "absent";
      const there = await known(pypi.get(`/packages/${file}`));
      return there?.equals(bytes) ? "whole" : "a project without its file";
    },
  };
}

function imageWork(name: string, value: string): Work {
  const headers = { authorization: `Bearer ${value}` };
  return {
    name: `image ${name}`,
    publish: (at) =>
      push(at, value, `docker/${name}`, "1.0").then(
        () => 201,
        (error: unknown) => Number(/^Error: (\d{3}) /.exec(String(error))?.[1] ?? 0),
      ),
    async found(at) {
      const manifest = await known(at.fetch(`/v2/docker/${name}/manifests/1.0`, { headers }));
      if (!manifest) return "absent";
      const { config } = JSON.parse(`${manifest}`) as { config: { digest: string } };
      const blob = await known(at.fetch(`/v2/docker/${name}/blobs/${config.digest}`, { headers }));
      if (!blob) return "a manifest without its blob";
      const digest = createHash("sha256").update(blob).digest("hex");
      return config.digest === `sha256:${digest}` ? "whole" : "another blob";
    },
  };
}

function fileWork(name: string, value: string): Work {
  const text = `${name} `.repeat(5_000);
  return {
    name: `file ${name}`,
    publish: (at) => told(files(at, value).put(`/${name}/1.0/file`, text)),
    async found(at) {
      const there = await known(files(at, value).get(`/${name}/1.0/file`));
      if (!there) return "absent";
      return `${there}` === text ? "whole" : "another file";
    },
  };
}

const kinds = [npmWork, pypiWork, imageWork, fileWork];

function files(at: RegistryClient, value: string) {
  return fileClient(at, value, "/artifactory/api/generic");
}

/** @returns the body, or `undefined` for 404 */
async function known(answer: Promise<Response>): Promise<Buffer | undefined> {
  const response = await answer;
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status === 404) return undefined;
  if (response.ok) return body;
  throw new Error(`${response.status} ${body}`);
}

interface Dist {
  integrity: string;
}
