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

/** A command and its arguments, as they are: a comma or a blank in one is part of it. */
const commandShape = z.array(z.string().max(4096)).min(1).max(64);
const commandsShape = z.array(commandShape).min(1).max(50);

const flyioKinds = z.enum(["deploy", "org", "readonly", "ssh", "machine-exec", "wireguard", "litefs-cloud"]);

/** What only Fly.io understands of a request for a token. */
export const flyioRequestShape = z.strictObject({
  app: z.string().min(1).max(100).optional(),
  apps: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  org: z.string().min(1).max(100).optional(),
  kind: flyioKinds.optional(),
  commands: commandsShape.optional(),
  command_prefixes: commandsShape.optional(),
  cluster: z.string().min(1).max(100).optional(),
});

/** Which of Fly.io's tokens a list is for. */
export const flyioQueryShape = z.strictObject({
  scope: z.enum(["app", "org"]).optional(),
  app: z.string().min(1).max(100).optional(),
  org: z.string().min(1).max(100).optional(),
});

/** What a caller calls a request by, so that it is carried out once. */
export const idempotencyKeyShape = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((key) => /^[!-~]+$/.test(key), "letters, digits and signs without spaces");

/** What is taken away from a token; every member that is given narrows it further. */
export const restrictionsShape = z.strictObject({
  read_only: z.boolean().optional(),
  apps: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  machines: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  volumes: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  commands: commandsShape.optional(),
  command_prefixes: commandsShape.optional(),
  actions: z.string().max(100).optional(),
  expires: z.string().max(100).optional(),
  caveats: z.array(z.unknown()).max(50).optional(),
});

/** What somebody would do with a token: one action, on one thing. */
export const accessShape = z.strictObject({
  action: z.string().max(100),
  org: z.string().max(100).optional(),
  app: z.string().max(100).optional(),
  machine: z.string().max(100).optional(),
  volume: z.string().max(100).optional(),
  command: commandShape.optional(),
  mutation: z.string().max(100).optional(),
  feature: z.string().max(100).optional(),
});
