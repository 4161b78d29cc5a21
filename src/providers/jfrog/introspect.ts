/** Which token a value is: the platform is asked with that token itself; of a dead one, by the id that it names. */
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import type { Secret } from "../../secret.ts";
import type { Token } from "../provider.ts";
import { digestOf } from "./issue.ts";
import { type Claims, claimsOf, isReference, servicesIn } from "./jwt.ts";
import { model } from "./model.ts";
import { type Known, memoryOf, ownRecord, tokenById } from "./records.ts";
import { openApi } from "./session.ts";

/**
 * `undefined` for what has not the form of a token of the platform's, is another one's, or is unknown there.
 * @param origin as `Registries.introspect` @throws Problem
 */
export async function introspect(
  secret: Secret,
  known: Known,
  fetch: Seams["fetch"],
  origin: "here" | "anywhere" = "here",
): Promise<Token | undefined> {
  const claims = claimsOf(secret);
  // What lies in a configuration file need not be a token at all, and is sent nowhere then.
  if (!claims && !isReference(secret)) return undefined;
  const whose = await issuerOf(claims, known);
  if (origin === "anywhere" && whose !== "ours") throw sentNowhere(whose);
  if (whose === "another's") return undefined;
  const answered = await askItself(secret, known, fetch);
  if (typeof answered === "object") return answered;
  const id = claims ? claims.jti : await idOf(secret, known);
  const token = id === undefined ? undefined : await unlessUnknown(tokenById(known, id));
  // One that is refused although the token that it names lives is not that token.
  return answered === "refused" && token?.status === "active" ? undefined : token;
}

/** By what it says of itself; a reference token says nothing. */
async function issuerOf(
  claims: Claims | undefined,
  { session }: Known,
): Promise<"ours" | "another's" | "unknown"> {
  const ours = claims ? await session.services() : [];
  if (!claims || ours.length === 0) return "unknown";
  return servicesIn(claims).some((one) => ours.includes(one)) ? "ours" : "another's";
}

function sentNowhere(whose: "another's" | "unknown"): Problem {
  return new Problem(
    "not_found",
    whose === "unknown"
      ? "Which platform of JFrog's issued it cannot be told, so it was sent nowhere."
      : "Another platform of JFrog's issued it than JFROG_URL is, so it was sent nowhere.",
    "Look it up at the platform that issued it.",
  );
}

/** `missing`: it is accepted, but the platform does not store it, or is too old to say. */
async function askItself(
  secret: Secret,
  { session, now }: Known,
  fetch: Seams["fetch"],
): Promise<Token | "refused" | "missing"> {
  const { url, source } = session.credential;
  const api = openApi(url, secret, fetch);
  try {
    const record = await ownRecord({ ...session, api, credential: { url, source, secret } });
    return record ? model(record, now()) : "missing";
  } catch (error) {
    if (error instanceof Problem && ["unauthorized", "forbidden"].includes(error.code)) return "refused";
    throw error;
  }
}

/** A reference token says nothing of itself; those that were made here are known by their hashes. */
async function idOf(secret: Secret, known: Known): Promise<string | undefined> {
  const digest = digestOf(secret);
  return [...(await memoryOf(known)).values()].find((one) => one.digest === digest)?.token.id;
}

async function unlessUnknown(token: Promise<Token>): Promise<Token | undefined> {
  return token.catch((error) => {
    if (error instanceof Problem && error.code === "not_found") return undefined;
    throw error;
  });
}
