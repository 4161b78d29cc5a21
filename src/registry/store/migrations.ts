/**
 * The database's history: entry n brings a database of version n to version n + 1. It is written in SQLite's words;
 * PostgreSQL's are put in their place (postgres/migrate.ts). An entry that has been released is never edited; the next one
 * follows it, and leaves alone what a replica of the version before needs: the two run side by side while a team deploys.
 */

/** A statement; with `sqlite`, for what only a database of SQLite can hold, since PostgreSQL came later. */
export type Statement = string | { sqlite: string };

const first: Statement[] = [
  `create table users (name text primary key, role text not null, key_hash text not null unique, created_at integer not null) strict`,
  `create table environments (name text primary key, description text not null, created_by text not null, created_at integer not null) strict`,
  `create table tokens (
     id text primary key, name text not null, folded_name text not null, username text not null, permission text not null,
     environment text references environments(name), created_by text not null, created_at integer not null, expires_at integer,
     expires_order integer generated always as (coalesce(expires_at, 8640000000000001)) virtual, revoked_at integer, revoked_by text, last_used_at integer, hash text not null unique, idempotency_key text, request_hash text,
     unique (created_by, idempotency_key)) strict`,
  // "Never" comes after every date that JavaScript has. One index for each order that a page can have, for those who see all tokens and for those who see their own.
  `create index tokens_created on tokens (created_at, id)`,
  `create index tokens_name on tokens (folded_name, id)`,
  `create index tokens_expiry on tokens (expires_order, id)`,
  `create index tokens_own_created on tokens (created_by, created_at, id)`,
  `create index tokens_own_name on tokens (created_by, folded_name, id)`,
  `create index tokens_own_expiry on tokens (created_by, expires_order, id)`,
  // Its last two columns are there to be counted.
  `create index tokens_environment on tokens (environment, created_at, id, revoked_at, expires_at) where environment is not null`,
  `create table blobs (digest text primary key, size integer not null, created_at integer not null) strict`,
  `create table npm_packages (name text primary key, document text not null, revision integer not null, updated_at integer not null) strict`,
  `create table npm_tarballs (package text not null, file text not null, digest text not null, primary key (package, file)) strict`,
  `create table pypi_files (
     file text primary key, project text not null, version text not null, sha256 text not null, size integer not null, requires_python text,
     uploaded_at integer not null, uploaded_by text not null) strict`,
  `create index pypi_project on pypi_files (project)`,
  `create table oci_blobs (repository text not null, digest text not null, primary key (repository, digest)) strict`,
  `create table oci_manifests (
     repository text not null, digest text not null, media_type text not null, size integer not null, pushed_at integer not null, subject text,
     primary key (repository, digest)) strict`,
  `create index oci_manifests_subject on oci_manifests (repository, subject) where subject is not null`,
  `create table oci_access_tokens (
     hash text primary key, token_id text not null references tokens(id) on delete cascade, scope text not null, expires_at integer not null) strict`,
  `create index oci_access_tokens_token on oci_access_tokens (token_id)`,
  `create index oci_access_tokens_expiry on oci_access_tokens (expires_at)`,
  `create table oci_children (repository text not null, parent text not null, child text not null, primary key (repository, parent, child)) strict`,
  `create table oci_tags (repository text not null, tag text not null, digest text not null, pushed_at integer not null, primary key (repository, tag)) strict`,
  `create table oci_pushes (
     id integer primary key autoincrement, repository text not null, tag text, digest text not null, at integer not null, token_id text not null) strict`,
  `create index oci_pushes_repository on oci_pushes (repository, id)`,
  `create table pulls (
     id integer primary key autoincrement, environment text not null, image text not null, tag text, digest text not null, at integer not null,
     token_id text not null) strict`,
  `create index pulls_history on pulls (environment, id)`,
  `create index pulls_image on pulls (environment, image, id)`,
  `create table upstreams (ecosystem text primary key, url text not null, set_at integer not null) strict`,
];

/** Files of the rooms that keep them by path. */
const files: Statement[] = [
  `create table files (
     room text not null, path text not null, digest text not null, size integer not null, md5 text not null, sha1 text not null, sha512 text not null,
     uploaded_at integer not null, uploaded_by text not null, primary key (room, path)) strict`,
];

/** What several replicas have to know of each other, and what people do in a browser. */
const shared: Statement[] = [
  // Where a request with HEAD went before a pull by digest (oci/pulls.ts).
  `create table oci_heads (
     token_id text not null, image text not null, digest text not null, tag text not null, at integer not null, primary key (token_id, image, digest)) strict`,
  `create index oci_heads_at on oci_heads (at)`,
  // Whether a pull by digest is part of another one of the same token (oci/pulls.ts): asked with each, however many there were.
  `create index pulls_recent on pulls (token_id, at)`,
  `create index oci_children_child on oci_children (repository, child, parent)`,
  // What the docker registry behind the gateway has reported: it sends an event again until it is answered.
  `create table oci_events (id text primary key, at integer not null) strict`,
  `create index oci_events_at on oci_events (at)`,
  // Uploads in progress, where the artifacts are in a bucket: the parts that have arrived, a JSON array of [name, size].
  `create table oci_uploads (id text primary key, size integer not null, parts text not null, written_at integer not null) strict`,
  `create index oci_uploads_written on oci_uploads (written_at)`,
  // Log-ins at the token page. Only hashes, as of every credential.
  `create table sessions (
     hash text primary key, username text not null references users(name) on delete cascade, key_hash text not null, created_at integer not null,
     expires_at integer not null) strict`,
  `create index sessions_username on sessions (username)`,
  `create index sessions_expiry on sessions (expires_at)`,
  // For \`npm search\`, which would otherwise have to look into every document.
  `alter table npm_packages add column description text`,
  {
    sqlite: `update npm_packages set description = coalesce(json_extract(document, '$.versions."' || json_extract(document, '$."dist-tags".latest') || '".description'), '')
     where json_extract(document, '$."dist-tags".latest') is not null`,
  },
  // The state of \`fly-tokens http\` (src/state): what is used up, and what is remembered by name or in the order of time.
  `create table spent (id text primary key, until integer not null) strict`,
  `create index spent_until on spent (until)`,
  `create table records (room text not null, name text not null, document text not null, written_at integer not null, primary key (room, name)) strict`,
  `create table lines (id integer primary key autoincrement, room text not null, line text not null) strict`,
  `create index lines_room on lines (room, id)`,
];

export const migrations: readonly (readonly Statement[])[] = [first, files, shared];
