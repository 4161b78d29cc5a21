/**
 * A NuGet source of both protocols: version 2 (OData: what mono's nuget speaks) and version 3 (a service index, a flat
 * container). The packages of one are those of the other.
 */
import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import type { TestRegistry } from "../../support/registry.ts";
import { type Guarded, type GuardedRequest, type GuardedResponse, startGuarded } from "./guarded.ts";

export interface NugetServer extends Guarded {
  /** What a client of version 2 is given. */
  v2: string;
  /** The service index. */
  v3: string;
}

interface Package {
  id: string;
  version: string;
  bytes: Buffer;
}

const paths = { v2: "/artifactory/api/nuget/nuget", v3: "/artifactory/api/nuget/v3/nuget" };

export async function startNuget(registry: TestRegistry): Promise<NugetServer> {
  const packages: Package[] = [];
  const guarded = await startGuarded(registry, (request) => {
    const base = `http://${request.headers.host}`;
    const path = decodeURIComponent(new URL(request.path, base).pathname);
    if (request.method === "PUT") return publish(packages, request);
    if (path.startsWith(paths.v3))
      return versionThree(packages, base + paths.v3, path.slice(paths.v3.length + 1));
    if (path.startsWith(paths.v2))
      return versionTwo(packages, base + paths.v2, path.slice(paths.v2.length + 1), request);
    return { status: 404 };
  });
  return Object.assign(guarded, { v2: guarded.url + paths.v2, v3: `${guarded.url}${paths.v3}/index.json` });
}

function publish(packages: Package[], { body }: GuardedRequest): GuardedResponse {
  const bytes = fileIn(body);
  const nuspec = entryOf(bytes, /\.nuspec$/).toString("utf8");
  const value = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(nuspec)?.[1] ?? "";
  const [id, version] = [value("id"), value("version")];
  if (packages.some((one) => one.id === id && one.version === version)) return { status: 409 };
  packages.push({ id, version, bytes });
  return { status: 201 };
}

function versionThree(packages: readonly Package[], base: string, path: string): GuardedResponse {
  const json = (body: unknown) => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (path === "index.json") {
    const resources = [
      { "@id": `${base}/flat/`, "@type": "PackageBaseAddress/3.0.0" },
      { "@id": `${base}/package`, "@type": "PackagePublish/2.0.0" },
    ];
    return json({ version: "3.0.0", resources });
  }
  const [, id, version, file] = /^flat\/([^/]+)\/(?:index\.json|([^/]+)\/([^/]+\.nupkg))$/.exec(path) ?? [];
  const known = packages.filter((one) => one.id.toLowerCase() === id);
  if (known.length === 0) return { status: 404 };
  if (file === undefined) return json({ versions: known.map((one) => one.version) });
  const found = known.find((one) => one.version === version);
  return found ? { body: found.bytes } : { status: 404 };
}

function versionTwo(
  packages: readonly Package[],
  base: string,
  path: string,
  request: GuardedRequest,
): GuardedResponse {
  const [, name, wanted] = /^package\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const download = packages.find(({ id, version }) => id === name && version === wanted);
  if (download) return { headers: { "content-type": "application/zip" }, body: download.bytes };
  if (path === "") return { headers: { "content-type": "application/xml" }, body: "<service/>" };
  if (!/^(Packages|FindPackagesById|Search)\b/.test(path)) return { status: 404 };
  // `Packages(Id='a',Version='1')`, `FindPackagesById()?id='a'`, `Packages()?$filter=tolower(Id) eq 'a'`
  const asked = decodeURIComponent(`${path}?${request.path.split("?")[1] ?? ""}`.replaceAll("+", " "));
  const id = /\bid(?:\)? eq |=)'([^']+)'/i.exec(asked)?.[1]?.toLowerCase();
  const version = /\bVersion(?: eq |=)'([^']+)'/.exec(asked)?.[1];
  const found = packages.filter(
    (one) => one.id.toLowerCase() === id && (version === undefined || version === one.version),
  );
  return {
    headers: { "content-type": "application/atom+xml;type=feed;charset=utf-8" },
    body: feed(base, found),
  };
}

function feed(base: string, packages: readonly Package[]): string {
  const entries = packages.map(({ id, version, bytes }, index) => {
    const isLatest = index === packages.length - 1;
    const properties = {
      Version: version,
      Dependencies: "",
      PackageHash: createHash("sha512").update(bytes).digest("base64"),
      PackageHashAlgorithm: "SHA512",
    };
    const plain = Object.entries(properties).map(([name, value]) => `<d:${name}>${value}</d:${name}>`);
    const latest = ["IsLatestVersion", "IsAbsoluteLatestVersion"].map(
      (name) => `<d:${name} m:type="Edm.Boolean">${isLatest}</d:${name}>`,
    );
    return `<entry><id>${base}/Packages(Id='${id}',Version='${version}')</id><title type="text">${id}</title>
<updated>2026-01-01T00:00:00Z</updated><author><name>a</name></author>
<content type="application/zip" src="${base}/package/${id}/${version}"/>
<m:properties>${plain.join("")}${latest.join("")}</m:properties></entry>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
 xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><title type="text">Packages</title>
<id>${base}/Packages</id><updated>2026-01-01T00:00:00Z</updated>${entries.join("")}</feed>`;
}

/** The one file of a multipart body. */
function fileIn(body: Buffer): Buffer {
  const boundary = body.subarray(0, body.indexOf("\r\n"));
  const start = body.indexOf("\r\n\r\n") + 4;
  return body.subarray(start, body.indexOf(Buffer.concat([Buffer.from("\r\n"), boundary]), start));
}

/** An entry of a zip by its name (APPNOTE.TXT, 4.3.12: the central directory has sizes and offsets). */
function entryOf(zip: Buffer, name: RegExp): Buffer {
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  for (let at = zip.readUInt32LE(end + 16); at < end; ) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const title = zip.toString("utf8", at + 46, at + 46 + (nameLength ?? 0));
    if (name.test(title)) {
      const local = zip.readUInt32LE(at + 42);
      const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const content = zip.subarray(data, data + zip.readUInt32LE(at + 20));
      return zip.readUInt16LE(at + 10) === 0 ? content : inflateRawSync(content);
    }
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  throw new Error(`no ${name} in the package`);
}
