/**
 * Which resource of the OCI distribution API a path names. A repository's name may contain slashes and even words
 * such as `manifests`, so the path is read from its end.
 */
import { Refusal } from "../caller.ts";

export interface Resource {
  what: "blob" | "manifest" | "referrers" | "tags" | "upload" | "uploads";
  /** Without a leading or trailing slash: `docker/org/app`. */
  repository: string;
  /** blob, referrers: a digest; manifest: a tag or a digest; upload: its id; else empty. */
  reference: string;
}

// distribution-spec 1.1, "Pulling manifests". The length is what docker and containerd accept.
const nameGrammar = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagGrammar = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** Whether a text can name a repository. */
export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && nameGrammar.test(text);
}

/** Whether a text is a digest that this registry can check: SHA-256 in lower-case hex. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

const byDigestOrTag = new Map<string, Resource["what"]>([
  ["blobs", "blob"],
  ["manifests", "manifest"],
  ["referrers", "referrers"],
]);

/**
 * @param path what follows `/v2/`, as it came (percent-encoded)
 * @returns `undefined` when no resource has such a path
 * @throws Refusal 400 NAME_INVALID or DIGEST_INVALID, 404 MANIFEST_UNKNOWN for what can be neither tag nor digest
 */
export function parsePath(path: string): Resource | undefined {
  const found = split(path.split("/"));
  if (!found) return undefined;
  if (!isRepositoryName(found.repository)) {
    throw new Refusal(
      400,
      "NAME_INVALID",
      "A repository is named in lower-case letters, digits and single separators, at most 255 characters.",
    );
  }
  const { what, reference } = found;
  if ((what === "blob" || what === "referrers") && !isDigest(reference)) {
    throw new Refusal(
      400,
      "DIGEST_INVALID",
      "A digest is written `sha256:` and 64 lower-case hex digits here.",
    );
  }
  if (what === "manifest" && !isDigest(reference) && !tagGrammar.test(reference)) {
    throw new Refusal(404, "MANIFEST_UNKNOWN", "The reference is neither a tag nor a sha256 digest.");
  }
  return found;
}

function split(segments: readonly string[]): Resource | undefined {
  const [third = "", second = "", last = ""] = segments.slice(-3);
  const above = (count: number) => segments.slice(0, -count).join("/");
  if (third === "blobs" && second === "uploads") {
    return last === ""
      ? { what: "uploads", repository: above(3), reference: "" }
      : { what: "upload", repository: above(3), reference: last };
  }
  if (second === "blobs" && last === "uploads")
    return { what: "uploads", repository: above(2), reference: "" };
  if (second === "tags" && last === "list") return { what: "tags", repository: above(2), reference: "" };
  const what = byDigestOrTag.get(second);
  return what && { what, repository: above(2), reference: decoded(last) };
}

/** Some clients send the colon of a digest as `%3A`. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
