/** Reads what a client sends with PUT /:package: a new version with its tarball, or a document that it changed. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { Refusal } from "../caller.ts";
import type { Manifest, Revision } from "./document.ts";
import { isVersion, refuseNewName } from "./name.ts";

export interface Publication {
  manifest: Manifest;
  /** The dist-tags that shall point at this version. */
  tags: string[];
  tarball: Uint8Array;
}

const tags = z.record(z.string(), z.string()).optional();

const revised = z.object({
  name: z.string(),
  _rev: z.string().optional(),
  "dist-tags": tags,
  versions: z.record(z.string(), z.object({ deprecated: z.string().optional() })),
});

const published = z.object({
  name: z.string(),
  "dist-tags": tags,
  versions: z.record(
    z.string(),
    z.looseObject({
      name: z.string(),
      version: z.string(),
      dist: z.object({ integrity: z.string().optional(), shasum: z.string().optional() }).optional(),
    }),
  ),
  _attachments: z.record(z.string(), z.object({ data: z.string(), length: z.number().optional() })),
});

/** Whether the body brings a tarball. */
export function isPublication(body: unknown): boolean {
  const { data } = z.object({ _attachments: z.record(z.string(), z.unknown()) }).safeParse(body);
  return data !== undefined && Object.keys(data._attachments).length > 0;
}

/**
 * @param name the package that the URL names
 * @throws Refusal 400 when the body is no such document, or is for another package
 */
export function readRevision(body: unknown, name: string): Revision & { _rev?: string | undefined } {
  const { data } = revised.safeParse(body);
  if (!data) throw new Refusal(400, "document_invalid", "That is not an npm package document.");
  if (data.name !== name) throw otherPackage(name);
  return data;
}

/**
 * @param name the package that the URL names
 * @throws Refusal 400 when the name, the version or the body is not as npm has it, or when the tarball is not the one
 *   whose checksums the manifest gives
 */
export function readPublication(body: unknown, name: string): Publication {
  const refusal = refuseNewName(name);
  if (refusal) throw new Refusal(400, "name_invalid", refusal);
  const { data } = published.safeParse(body);
  if (!data) throw new Refusal(400, "document_invalid", "That is not what npm publish sends.");
  const [[version, manifest] = [], ...others] = Object.entries(data.versions);
  if (version === undefined || manifest === undefined || others.length > 0) {
    throw new Refusal(400, "document_invalid", "One version is published at a time.");
  }
  if (data.name !== name || manifest.name !== name) throw otherPackage(name);
  if (!isVersion(version) || manifest.version !== version) {
    throw new Refusal(400, "version_invalid", "The version is not a semantic version such as 1.0.0.");
  }
  const tarball = readTarball(data._attachments);
  return {
    manifest: { ...manifest, dist: verify(tarball, manifest.dist ?? {}) },
    tags: Object.entries(data["dist-tags"] ?? {}).map(([tag, target]) => {
      if (target !== version)
        throw new Refusal(
          400,
          "tag_invalid",
          `The dist-tag ${tag.slice(0, 64)} does not point at the version that is published.`,
        );
      return tag;
    }),
    tarball,
  };
}

/**
 * The body of PUT /-/package/:package/dist-tags, and with a tag in the URL of that tag alone.
 * @returns versions by tag
 * @throws Refusal 400
 */
export function readTags(body: unknown, tag?: string): Record<string, string> {
  const { data } = z.record(z.string(), z.string()).safeParse(tag === undefined ? body : { [tag]: body });
  if (!data || Object.keys(data).length === 0)
    throw new Refusal(400, "tags_invalid", "A dist-tag is set to a version, as a JSON string.");
  return data;
}

function readTarball(attachments: z.infer<typeof published>["_attachments"]): Uint8Array {
  const [[file, attachment] = [], ...others] = Object.entries(attachments);
  if (others.length > 0) {
    throw new Refusal(
      400,
      "attachment_unknown",
      "This registry keeps tarballs only: publish without provenance.",
    );
  }
  if (!file?.endsWith(".tgz") || !attachment)
    throw new Refusal(400, "attachment_unknown", "The attachment is not a tarball.");
  const tarball = Buffer.from(attachment.data, "base64");
  if (attachment.length !== undefined && attachment.length !== tarball.length) throw damaged();
  return tarball;
}

/** Checks every checksum that is claimed (those of `integrity` as in Subresource Integrity) and returns ours. */
function verify(
  tarball: Uint8Array,
  claimed: { integrity?: string | undefined; shasum?: string | undefined },
): Manifest["dist"] {
  const shasum = createHash("sha1").update(tarball).digest("hex");
  if (claimed.shasum !== undefined && claimed.shasum.toLowerCase() !== shasum) throw damaged();
  for (const hash of claimed.integrity?.split(/\s+/).filter(Boolean) ?? []) {
    const [, algorithm, digest] = /^(sha(?:1|256|384|512))-([^?]+)/.exec(hash) ?? [];
    if (!algorithm || createHash(algorithm).update(tarball).digest("base64") !== digest) throw damaged();
  }
  return { integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`, shasum };
}

function damaged(): Refusal {
  return new Refusal(
    400,
    "integrity_mismatch",
    "The tarball is not the one whose checksums the manifest gives; nothing was published.",
  );
}

function otherPackage(name: string): Refusal {
  return new Refusal(400, "name_mismatch", `The document is not about ${name}.`);
}
