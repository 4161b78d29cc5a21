/** The model's records, checked at both ends: providers return them, tools show them. Times are ISO 8601 in UTC. */
import * as z from "zod";

export const permissions = z.enum(["read_only", "read_write", "custom"]);
export const statuses = z.enum(["active", "expired", "revoked"]);
/** A field, with `-` in front for descending order. */
export const tokenSorts = z.enum(["-created_at", "created_at", "name", "-name", "expires_at", "-expires_at"]);
export type TokenSort = z.output<typeof tokenSorts>;

/** A token as it can be shown to anyone: without its value. */
export const tokenShape = z.object({
  id: z.string(),
  provider: z.string(),
  name: z.string(),
  /** The user name that goes with the token where a client asks for one. */
  username: z.string(),
  permission: permissions,
  /** What it may do, in words. */
  scope: z.string(),
  environment: z.string().optional(),
  created_by: z.string(),
  created_at: z.string(),
  /** `null`: never. */
  expires_at: z.string().nullable(),
  last_used_at: z.string().optional(),
  status: statuses,
});

/** A pull of an image with an environment's token. */
export const deploymentShape = z.object({
  image: z.string(),
  tag: z.string().optional(),
  digest: z.string(),
  at: z.string(),
  token_id: z.string(),
});

/** What an environment pulled last, per image. */
export const runningShape = z.object({
  image: z.string(),
  tag: z.string().optional(),
  digest: z.string(),
  since: z.string(),
});

/** `behind`: how many pushes of the image are newer than what runs; 0 when it is up to date. */
export const driftShape = z.object({
  image: z.string(),
  running: z.string(),
  latest: z.string(),
  behind: z.int(),
});

export const environmentShape = z.object({
  name: z.string(),
  description: z.string(),
  created_by: z.string(),
  created_at: z.string(),
  /** How many active tokens belong to it. */
  tokens: z.int(),
});
