/** Access tokens as JWTs: signed for real, so that a changed one is found out. */
import { generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";

/** What client-go reads of one, and the extension of those that may be revoked in any case. */
export interface Claims {
  sub: string;
  scp: string;
  aud: string;
  iss: string;
  exp?: number;
  iat: number;
  jti: string;
  ext?: string;
}

// One key for all fakes of a process: making one takes longer than most tests. Whose token it is says `iss`.
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const header = { ver: "2", typ: "JWT", alg: "RS256", kid: randomBytes(32).toString("base64url") };

export function signed(claims: object): string {
  const text = [header, claims].map((part) => encode(JSON.stringify(part))).join(".");
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}

/** @returns a word for what is wrong with it, the same that the platform's message holds */
export function read(token: string): Claims | "parse" | "signature" {
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  const claims = decode(body);
  if (rest.length > 0 || claims === undefined) return "parse";
  const genuine = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${body}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  return genuine ? claims : "signature";
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}

function decode(part: string): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof claims === "object" && claims !== null ? (claims as Claims) : undefined;
  } catch {
    return undefined;
  }
}
