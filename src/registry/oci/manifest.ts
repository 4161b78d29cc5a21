/** What a manifest says: its media type and what it refers to. Pure; the bytes themselves are kept as they came. */
import * as z from "zod";
import { Refusal } from "../caller.ts";
import { isDigest } from "./path.ts";

export const indexType = "application/vnd.oci.image.index.v1+json";
const imageTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const indexTypes = [indexType, "application/vnd.docker.distribution.manifest.list.v2+json"];

export interface Manifest {
  mediaType: string;
  /** Digests of the config and the layers, which have to be here. */
  blobs: string[];
  /** Digests that an index lists, which have to be here. */
  children: string[];
  /** The digest of the manifest that this one is about; it need not be here. */
  subject: string | null;
  /** As the referrers API shows it: the manifest's own, else the media type of its config. */
  artifactType?: string;
  annotations?: Record<string, string>;
}

const descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().refine(isDigest, "is not a sha256 digest"),
  size: z.number().int().min(0),
  urls: z.array(z.string()).optional(),
});

const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  subject: descriptor.optional(),
  artifactType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
};

// What is an image and an index at once would be read differently by different clients (GHSA-mc8v-mgrf-8f4m).
const absent = z.never().optional();
const image = z.object({ ...common, config: descriptor, layers: z.array(descriptor), manifests: absent });
const index = z.object({ ...common, manifests: z.array(descriptor), config: absent, layers: absent });

/**
 * @param contentType the media type that the client named, without parameters; empty when it named none
 * @throws Refusal 400 MANIFEST_INVALID
 */
export function parseManifest(bytes: Uint8Array, contentType: string): Manifest {
  const value = parseJson(bytes);
  const declared = z.object({ mediaType: z.string().optional() }).safeParse(value).data?.mediaType;
  const mediaType = contentType || declared || "";
  if (declared !== undefined && declared !== mediaType) {
    throw invalid(`Content-Type says \`${mediaType}\`, the manifest says \`${declared}\`.`);
  }
  if (imageTypes.includes(mediaType)) {
    const { config, layers, ...rest } = checked(image, value);
    // A foreign layer is fetched from where it says and may be missing here (image-spec, "Non-distributable Layers").
    const needed = [config, ...layers.filter((layer) => !layer.urls?.length)];
    return { ...described(mediaType, rest, config.mediaType), blobs: digests(needed), children: [] };
  }
  if (indexTypes.includes(mediaType)) {
    const { manifests, ...rest } = checked(index, value);
    return { ...described(mediaType, rest), blobs: [], children: digests(manifests) };
  }
  throw invalid(`\`${mediaType}\` is not the media type of an image manifest or index.`);
}

interface Described {
  subject?: { digest: string } | undefined;
  artifactType?: string | undefined;
  annotations?: Record<string, string> | undefined;
}

function described(mediaType: string, manifest: Described, configType?: string) {
  const artifactType = manifest.artifactType ?? configType;
  return {
    mediaType,
    subject: manifest.subject?.digest ?? null,
    ...(artifactType && { artifactType }),
    ...(manifest.annotations && { annotations: manifest.annotations }),
  };
}

function digests(descriptors: readonly { digest: string }[]): string[] {
  return [...new Set(descriptors.map(({ digest }) => digest))];
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalid("The manifest is not JSON.");
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw invalid(
    `The manifest does not have the form of its media type, at \`${issue?.path.join(".") ?? ""}\`.`,
  );
}

function invalid(message: string): Refusal {
  return new Refusal(400, "MANIFEST_INVALID", message);
}
