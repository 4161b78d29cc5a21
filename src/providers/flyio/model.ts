/** A token on Fly.io's record as one of ours. */
import { Problem, quote } from "../../problem.ts";
import type { Permission, Token, TokenStatus } from "../provider.ts";
import type { TokenRecordFragment } from "./api.generated.ts";
import type { Kind } from "./kinds.ts";
import { labelIn } from "./label.ts";
import { splitMark } from "./mark.ts";

export type TokenRecord = TokenRecordFragment;

/** What Fly.io asks for where a client wants a user name. */
export const username = "x";

const kinds = new Map<string, Kind>([
  ["deploy", "deploy"],
  ["deploy_organization", "org"],
  ["litefs_cloud", "litefs-cloud"],
]);

const permissions: Partial<Record<Kind, Permission>> = {
  readonly: "read_only",
  deploy: "read_write",
  org: "read_write",
  apps: "read_write",
};

export function model(record: TokenRecord, now: Date): Token {
  const { name, mark } = splitMark(record.name);
  // Fly.io does not see that a token was narrowed. Only a name of our making says so; others may say what they like.
  const label = mark && labelIn(name);
  const kind = label?.kind ?? kinds.get(record.profile);
  return {
    id: record.id,
    provider: "flyio",
    name: quote(name),
    username,
    permission: (kind && permissions[kind]) ?? "custom",
    scope: `${kind ?? `profile ${quote(record.profile, 60)}`}: ${placeOf(record, label?.several)}${mark ? "" : "; made elsewhere, may have been narrowed"}`,
    created_by: quote(record.user?.email ?? "unknown"),
    created_at: iso(record.createdAt),
    expires_at: iso(record.expiresAt),
    status: statusOf(record, now),
  };
}

export function statusOf({ revokedAt, expiresAt }: TokenRecord, now: Date): TokenStatus {
  if (revokedAt) return "revoked";
  return new Date(expiresAt) <= now ? "expired" : "active";
}

function placeOf({ profile, profileParams, organization }: TokenRecord, several = false): string {
  const params = Object(profileParams);
  const name = (key: string) => (typeof params[key] === "string" ? ` ${quote(params[key], 100)}` : "");
  const inside = `organization ${quote(organization?.slug ?? "unknown", 100)}`;
  if (profile === "deploy") return `app${name("app_id")} in ${inside}`;
  if (profile === "litefs_cloud") return `cluster${name("cluster")} in ${inside}`;
  return several ? `several apps in ${inside}` : inside;
}

/** @throws Problem `provider_down` for what is no time */
function iso(time: string): string {
  const date = new Date(time);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new Problem("provider_down", "Fly.io names a time that is none.", "Try again.");
}
