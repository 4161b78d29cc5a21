/** What the platform's tokens say of themselves. Nothing here is a proof: only the platform knows whether one is genuine. */
import * as z from "zod";
import { parseJson } from "../../json.ts";
import type { Secret } from "../../secret.ts";

const claims = z.object({
  sub: z.string().min(1).max(1000),
  jti: z.string().min(1).max(255).optional(),
  iss: z.string().optional(),
  scp: z.string().optional(),
  iat: z.number().optional(),
  exp: z.number().optional(),
});

export type Claims = z.output<typeof claims>;

/** `undefined` for what is no JWT, such as a reference token. */
export function claimsOf(token: Secret): Claims | undefined {
  const [, payload = ""] = /^eyJ[\w-]*\.(eyJ[\w-]+)\.[\w-]*$/.exec(token.reveal()) ?? [];
  return claims.safeParse(parseJson(Buffer.from(payload, "base64url").toString())).data;
}

/** 64 characters that begin with the base64 of `reftkn`. */
export function isReference(token: Secret): boolean {
  return /^cmVmd[A-Za-z0-9]{59}$/.test(token.reveal());
}

/**
 * The user's name in a subject: `jfac@SERVICE/users/NAME`, where the name may hold slashes; in old ones
 * `jfrt@SERVICE/NAME`; else the whole.
 */
export function userOf(subject: string): string {
  const at = subject.indexOf("/users/");
  if (at >= 0) return subject.slice(at + "/users/".length);
  return subject.startsWith("jfrt@") ? subject.slice(subject.lastIndexOf("/") + 1) : subject;
}

/** The services that are named as issuer or in the subject: `jfac@ID`. That of the web page is `@000` everywhere. */
export function servicesIn({ iss = "", sub }: Pick<Claims, "iss" | "sub">): string[] {
  return [iss, sub].flatMap((text) => /^jf[a-z]{2}@(?!0+(?:\/|$))[^/]+/.exec(text) ?? []);
}
