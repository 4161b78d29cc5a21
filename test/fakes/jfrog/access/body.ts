/** What a request for a token asks for, and why the platform refuses its form. Fields that it does not know, it ignores. */
import { parseScope } from "../scope.ts";

export interface TokenRequest {
  grant_type?: string;
  refresh_token?: string;
  username?: string;
  scope?: string;
  expires_in?: number;
  refreshable?: boolean;
  description?: string;
  audience?: string;
  include_reference_token?: boolean;
  force_revocable?: boolean;
  project_key?: string;
}

const lengths = { username: 255, scope: 500, description: 1024, audience: 255 } as const;
const flags = ["refreshable", "include_reference_token", "force_revocable"] as const;

/** @returns the reason in a sentence; the platform's own words are not known */
export function problemWith(body: Record<string, unknown>): string | undefined {
  const { grant_type: grant = "client_credentials", expires_in: life } = body;
  if (grant !== "client_credentials" && grant !== "refresh_token") return `Unknown grant_type: ${grant}`;
  for (const [field, limit] of Object.entries(lengths)) {
    const value = body[field];
    if (value !== undefined && typeof value !== "string") return `${field} must be a string`;
    if (value !== undefined && value.length > limit) return `${field} exceeds ${limit} characters`;
  }
  for (const flag of flags)
    if (body[flag] !== undefined && typeof body[flag] !== "boolean") return `${flag} must be a boolean`;
  if (life !== undefined && !(Number.isSafeInteger(life) && Number(life) >= 0))
    return "expires_in must be a non-negative integer";
  if (body.scope !== undefined && !parseScope(String(body.scope))) return `Invalid scope: ${body.scope}`;
  return undefined;
}
