/**
 * How tokens travel to Fly.io. A credential is a bag: macaroons (`fm2_…`), and others such as a user's OAuth token
 * (`fo1_…`). Who has written it down may have put schemes in front, broken lines or left blanks.
 */
import { macaroonsOf, parseHeader, withoutSchemes } from "../../macaroon/header.ts";
import type { Macaroon } from "../../macaroon/macaroon.ts";
import { Secret } from "../../secret.ts";

export interface Bag {
  macaroons: Secret[];
  others: Secret[];
}

/** GraphQL knows users and macaroons; everything else reads the macaroons alone if there are any. */
export type Audience = "graphql" | "machines";

/**
 * Each token is a secret of its own, so that none shows where only a part of the bag is quoted. What has no form of
 * Fly.io's is not cut up: its pieces may be ordinary words.
 */
export function bagOf(credential: Secret): Bag {
  const parts = partsOf(credential);
  const macaroons = parts.filter(isMacaroon);
  const others = parts.filter((part) => !isMacaroon(part));
  const isKnown = parts.some((part) => isMacaroon(part) || isUsers(part));
  return {
    macaroons: macaroons.map((part) => new Secret(part)),
    others: (isKnown || others.length === 0 ? others : [others.join(",")]).map((part) => new Secret(part)),
  };
}

/** The Authorization header. */
export function authorizationOf({ macaroons, others }: Bag, audience: Audience): string {
  const isMacaroon = macaroons.length > 0;
  const sent = isMacaroon && audience !== "graphql" ? macaroons : [...macaroons, ...others];
  return `${isMacaroon ? "FlyV1" : "Bearer"} ${sent.map((one) => one.reveal()).join(",")}`;
}

/** The tokens in it that permit something; those that cannot be read are left out. */
export function permissionsIn(bag: Bag): Macaroon[] {
  return bag.macaroons.length > 0
    ? macaroonsOf(parseHeader(authorizationOf(bag, "machines")), "permission")
    : [];
}

/** Whether a text can be nobody else's: JFrog Fly keeps its tokens under the same name. */
export function isOfFlyio(credential: Secret): boolean {
  const parts = partsOf(credential);
  return parts.length > 0 && parts.every((part) => isMacaroon(part) || isUsers(part));
}

/** Whether a header can carry it. */
export function isSendable(credential: Secret): boolean {
  const parts = partsOf(credential);
  return parts.length > 0 && parts.every((part) => /^[!-~]+$/.test(part));
}

function partsOf(credential: Secret): string[] {
  return withoutSchemes(credential.reveal())
    .split(",")
    .map((part) => withoutSchemes(part).replace(/\s*[\r\n]+\s*/g, ""))
    .filter(Boolean);
}

function isMacaroon(part: string): boolean {
  return /^fm(2|1r|1a)_/.test(part);
}

/** A user's OAuth token. */
function isUsers(part: string): boolean {
  return part.startsWith("fo1_");
}
