/** Every table of the local registry. Times are epoch milliseconds in UTC. What is hashed and why: docs/storage.md. */
import type { Generated } from "kysely";

export interface Database {
  users: UserRow;
  tokens: TokenRow;
  environments: EnvironmentRow;
  blobs: { digest: string; size: number; created_at: number };
  npm_packages: NpmPackageRow;
  npm_tarballs: { package: string; file: string; digest: string };
  pypi_files: PypiFileRow;
  files: FileRow;
  oci_blobs: { repository: string; digest: string };
  /** `subject` is the digest of the manifest that this one is about (signatures, attestations). */
  oci_manifests: {
    repository: string;
    digest: string;
    media_type: string;
    size: number;
    pushed_at: number;
    subject: string | null;
  };
  /** Tokens of the Bearer flow. They live for minutes and go with the token behind them. `hash` is the SHA-256 (hex) of the value. */
  oci_access_tokens: { hash: string; token_id: string; scope: string; expires_at: number };
  /** Which tag was asked for with HEAD a moment before a pull by digest. */
  oci_heads: { token_id: string; image: string; digest: string; tag: string; at: number };
  /** Uploads in progress, where the artifacts are in a bucket. `parts` is a JSON array of [name, size], in order. */
  oci_uploads: { id: string; size: number; parts: string; written_at: number };
  /** Which manifests an image index lists. */
  oci_children: { repository: string; parent: string; child: string };
  oci_tags: { repository: string; tag: string; digest: string; pushed_at: number };
  /** Every push of a manifest, for drift. `tag` is null when it was pushed by digest. */
  oci_pushes: {
    id: Generated<number>;
    repository: string;
    tag: string | null;
    digest: string;
    at: number;
    token_id: string;
  };
  /** Which events of the docker registry behind the gateway have been counted; `at` is when. */
  oci_events: { id: string; at: number };
  pulls: PullRow;
  /** Where clients are sent for packages that are not here. */
  upstreams: { ecosystem: string; url: string; set_at: number };
  /** Log-ins at the token page. `hash` is the SHA-256 (hex) of the cookie, `key_hash` that of the key that logged in. */
  sessions: { hash: string; username: string; key_hash: string; created_at: number; expires_at: number };
  /** State of `fly-tokens http` (src/state): what counts once, what is remembered by name, what in the order of time. */
  spent: { id: string; until: number };
  records: { room: string; name: string; document: string; written_at: number };
  lines: { id: Generated<number>; room: string; line: string };
}

export interface NpmPackageRow {
  name: string;
  /** JSON. */
  document: string;
  revision: number;
  updated_at: number;
  /** Of the version that is tagged `latest`, for searching; null: there are no versions, so that nothing is found. */
  description: string | null;
}

export interface UserRow {
  name: string;
  role: "admin" | "developer";
  /** SHA-256 (hex) of the user's key. */
  key_hash: string;
  created_at: number;
}

export interface TokenRow {
  id: string;
  name: string;
  /** The name without regard to case, for searching and sorting. */
  folded_name: string;
  username: string;
  permission: "read_only" | "read_write";
  environment: string | null;
  created_by: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  revoked_by: string | null;
  last_used_at: number | null;
  /** SHA-256 (hex) of the value. */
  hash: string;
  idempotency_key: string | null;
  /** SHA-256 (hex) of the request that carried the idempotency key. */
  request_hash: string | null;
}

export interface EnvironmentRow {
  name: string;
  description: string;
  created_by: string;
  created_at: number;
}

export interface PypiFileRow {
  /** Normalized by PEP 503. */
  project: string;
  file: string;
  version: string;
  /** SHA-256 (hex). */
  sha256: string;
  size: number;
  requires_python: string | null;
  uploaded_at: number;
  uploaded_by: string;
}

/** A file of a room that keeps files by their path (Maven, generic). */
export interface FileRow {
  room: "maven" | "generic";
  /** Decoded, without a slash at its beginning or end. */
  path: string;
  /** `sha256:` and 64 hex digits. */
  digest: string;
  size: number;
  /** Hex, as are the next two. */
  md5: string;
  sha1: string;
  sha512: string;
  uploaded_at: number;
  uploaded_by: string;
}

/** A pull of a manifest with an environment's token: a deployment event. */
export interface PullRow {
  id: Generated<number>;
  environment: string;
  image: string;
  tag: string | null;
  digest: string;
  at: number;
  token_id: string;
}
