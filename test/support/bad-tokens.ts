/** Tokens that must not open anything, with the reason for which each is refused. */
import { Buffer } from "node:buffer";
import { SignJWT } from "jose";
import type { Reason } from "../../src/callers/caller.ts";
import type { TestIssuer } from "./issuer.ts";

const soon = () => Math.floor(Date.now() / 1000);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export const badTokens: readonly [
  name: string,
  reason: Reason,
  make: (issuer: TestIssuer) => Promise<string>,
][] = [
  ["of another audience", "audience", (by) => by.sign({ claims: { aud: "https://other.example/mcp" } })],
  ["without an audience", "audience", (by) => by.sign({ claims: { aud: undefined } })],
  ["of another issuer", "issuer", (by) => by.sign({ claims: { iss: "https://evil.example" } })],
  ["of an issuer with one slash more", "issuer", (by) => by.sign({ claims: { iss: `${by.url}/` } })],
  ["without an issuer", "issuer", (by) => by.sign({ claims: { iss: undefined } })],
  ["that has expired", "expired", (by) => by.sign({ claims: { exp: soon() - 60 } })],
  ["that never expires", "malformed", (by) => by.sign({ claims: { exp: undefined } })],
  ["whose end is no time", "malformed", (by) => by.sign({ claims: { exp: "tomorrow" } })],
  ["that is not valid yet", "not_yet", (by) => by.sign({ claims: { nbf: soon() + 600 } })],
  ["of nobody", "malformed", (by) => by.sign({ claims: { sub: undefined } })],
  ["of nobody in particular", "malformed", (by) => by.sign({ claims: { sub: "" } })],
  ["of null", "malformed", (by) => by.sign({ claims: { sub: null } })],
  ["of somebody who is no text", "malformed", (by) => by.sign({ claims: { sub: { name: "ann" } } })],
  ["that is of another kind", "type", (by) => by.sign({ header: { typ: "logout+jwt" } })],
  ["that does not say its kind", "type", (by) => by.sign({ header: { typ: undefined } })],
  ["signed by somebody else", "signature", (by) => by.forge()],
  ["signed with a key that is not published", "key", (by) => by.sign({ header: { kid: "key-0" } })],
  [
    "whose claims were changed",
    "signature",
    async (by) => {
      const [head, claims = "", signature] = (await by.sign()).split(".");
      const said = JSON.parse(Buffer.from(claims, "base64url").toString()) as object;
      return [head, part({ ...said, scope: "tokens:revoke" }), signature].join(".");
    },
  ],
  [
    "that is not signed (alg none)",
    "algorithm",
    async (by) => {
      const [, claims] = (await by.sign()).split(".");
      return `${part({ alg: "none", typ: "at+jwt" })}.${claims}.`;
    },
  ],
  [
    "signed with the public key as a password (HS256)",
    "algorithm",
    async (by) =>
      new SignJWT({ scope: "tokens:read" })
        .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "key-1" })
        .setIssuer(by.url)
        .setSubject("ann")
        .setAudience("https://tokens.example.com/mcp")
        .setExpirationTime("1h")
        .sign(Buffer.from(await by.publicKey())),
  ],
  ["that is none", "malformed", async () => "nonsense"],
  ["of three words", "malformed", async () => "a.b.c"],
];
