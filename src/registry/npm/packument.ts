/**
 * A package as clients read it: the whole document, or the part that an installer needs
 * (npm's registry documentation, "package metadata"). Tarball URLs lead back to where the request came in.
 */
import { pathOf } from "./address.ts";
import type { Document, Manifest } from "./document.ts";
import { tarballOf } from "./name.ts";

export const abbreviatedType = "application/vnd.npm.install-v1+json";

const installFields =
  "name version deprecated dependencies optionalDependencies devDependencies bundleDependencies bundledDependencies peerDependencies peerDependenciesMeta acceptDependencies bin directories dist engines os cpu libc funding _hasShrinkwrap".split(
    " ",
  );

/** What the document says about the package itself; npm has it from the newest version. */
const packageFields = "description readme keywords license homepage repository bugs author maintainers".split(
  " ",
);

/**
 * The whole document, with its revision.
 * @param base URL of the npm room, without a slash at its end
 */
export function fullPackument(document: Document, revision: number, base: string): object {
  const newest = document.versions[document["dist-tags"].latest ?? ""];
  return {
    _id: document.name,
    _rev: String(revision),
    ...document,
    ...pick(newest ?? {}, packageFields),
    versions: mapVersions(document, (manifest) => withTarball(manifest, base)),
  };
}

/** What npm calls the abbreviated document. */
export function abbreviatedPackument(document: Document, base: string): object {
  return {
    name: document.name,
    modified: document.time.modified,
    "dist-tags": document["dist-tags"],
    versions: mapVersions(document, (manifest) => ({
      ...pick(withTarball(manifest, base), installFields),
      ...(runsAtInstall(manifest) && { hasInstallScript: true }),
    })),
  };
}

export function withTarball(manifest: Manifest, base: string): Record<string, unknown> {
  const { name, version } = manifest;
  return {
    ...manifest,
    dist: {
      ...manifest.dist,
      tarball: base + pathOf({ kind: "tarball", name, file: tarballOf(name, version) }),
    },
  };
}

function mapVersions(document: Document, view: (manifest: Manifest) => object): Record<string, object> {
  return Object.fromEntries(
    Object.entries(document.versions).map(([version, manifest]) => [version, view(manifest)]),
  );
}

/** npm runs these; it looks for them only where this is set. */
function runsAtInstall({ scripts }: Manifest): boolean {
  return (
    typeof scripts === "object" &&
    scripts !== null &&
    ["preinstall", "install", "postinstall"].some((script) => Object.hasOwn(scripts, script))
  );
}

function pick(from: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.filter((field) => from[field] !== undefined).map((field) => [field, from[field]]),
  );
}
