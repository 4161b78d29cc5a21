/**
 * What is known about one package, and how it changes. Laws: a published version never changes but for its
 * deprecation; every tag points at a version that exists; as long as there are versions there is a `latest`.
 */
import { Refusal } from "../caller.ts";
import { isTag, isVersion } from "./name.ts";

/** A version's package.json as it was published. `dist` is ours, and without a URL: that is made for each request. */
export interface Manifest {
  name: string;
  version: string;
  dist: { integrity: string; shasum: string };
  deprecated?: string | undefined;
  [field: string]: unknown;
}

export interface Document {
  name: string;
  "dist-tags": Record<string, string>;
  /** None when the package was unpublished: its name stays taken, so that nobody is sent elsewhere for it. */
  versions: Record<string, Manifest>;
  /** ISO 8601, UTC: `created`, `modified`, and when each version was published. */
  time: Record<string, string>;
}

/** A document that a client read, changed and sends back (deprecate, unpublish of a version). */
export interface Revision {
  "dist-tags"?: Record<string, string> | undefined;
  versions: Record<string, { deprecated?: string | undefined }>;
}

export function emptyDocument(name: string, now: Date): Document {
  return {
    name,
    "dist-tags": {},
    versions: {},
    time: { created: now.toISOString(), modified: now.toISOString() },
  };
}

/** @throws Refusal 409 when that version exists, 400 for a tag that cannot be one */
export function publish(
  document: Document,
  manifest: Manifest,
  tags: readonly string[],
  now: Date,
): Document {
  const { version } = manifest;
  if (Object.hasOwn(document.versions, version)) {
    throw new Refusal(
      409,
      "version_exists",
      `Cannot publish over existing version ${version} of ${document.name}: raise the version in package.json.`,
    );
  }
  const added = {
    ...document,
    versions: { ...document.versions, [version]: manifest },
    time: { ...document.time, [version]: now.toISOString() },
  };
  return touched(
    tags.reduce((tagged, tag) => setTag(tagged, tag, version, now), added),
    now,
  );
}

/** @throws Refusal 400 for a tag that cannot be one, 404 when there is no such version */
export function setTag(document: Document, tag: string, version: string, now: Date): Document {
  if (!isTag(tag))
    throw new Refusal(
      400,
      "tag_invalid",
      "A dist-tag is a word like latest or next, and not a version or a range.",
    );
  if (!isVersion(version) || !Object.hasOwn(document.versions, version)) {
    throw new Refusal(404, "version_unknown", `${document.name} has no such version to point ${tag} at.`);
  }
  return touched({ ...document, "dist-tags": { ...document["dist-tags"], [tag]: version } }, now);
}

/** @throws Refusal 400 for `latest`, which every package has, 404 when there is no such tag */
export function removeTag(document: Document, tag: string, now: Date): Document {
  if (tag === "latest")
    throw new Refusal(
      400,
      "tag_required",
      "The tag latest cannot be removed, only moved to another version.",
    );
  const { [tag]: version, ...rest } = document["dist-tags"];
  if (version === undefined || !Object.hasOwn(document["dist-tags"], tag)) {
    throw new Refusal(404, "tag_unknown", `${document.name} has no such dist-tag.`);
  }
  return touched({ ...document, "dist-tags": rest }, now);
}

/**
 * Takes over the deprecations and, where versions are missing, their removal; the rest of what the client sends back
 * is as it was published and stays so.
 * @param removes whether a missing version means that it goes; otherwise it stays
 * @throws Refusal 400 when a version comes up that was never published
 */
export function revise(document: Document, revision: Revision, removes: boolean, now: Date): Document {
  for (const version of Object.keys(revision.versions)) {
    if (!Object.hasOwn(document.versions, version)) {
      throw new Refusal(
        400,
        "version_unknown",
        `${document.name} has no version ${version.slice(0, 64)}: a new version is published with its tarball.`,
      );
    }
  }
  const versions: Document["versions"] = {};
  const time = { ...document.time };
  for (const [version, { deprecated, ...manifest }] of Object.entries(document.versions)) {
    const sent = Object.hasOwn(revision.versions, version) ? revision.versions[version] : undefined;
    if (!sent && removes) delete time[version];
    else versions[version] = withDeprecation(manifest as Manifest, sent ? sent.deprecated : deprecated);
  }
  const tags = removes && revision["dist-tags"] ? revision["dist-tags"] : document["dist-tags"];
  const kept = Object.entries(tags).filter(
    ([tag, version]) => isTag(tag) && Object.hasOwn(versions, version),
  );
  return touched({ ...document, versions, time, "dist-tags": Object.fromEntries(kept) }, now);
}

/** npm sends an empty text to take a deprecation back. */
function withDeprecation(manifest: Manifest, deprecated: string | undefined): Manifest {
  return deprecated ? { ...manifest, deprecated } : manifest;
}

function touched(document: Document, now: Date): Document {
  const time: Document["time"] = { ...document.time, modified: now.toISOString() };
  const newest = Object.keys(document.versions)
    .sort((a, b) => (time[a] ?? "").localeCompare(time[b] ?? ""))
    .at(-1);
  const tags = document["dist-tags"];
  if (newest === undefined || Object.hasOwn(tags, "latest")) return { ...document, time };
  return { ...document, time, "dist-tags": { latest: newest, ...tags } };
}
