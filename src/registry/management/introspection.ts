/** Which token a value is (RFC 7662), for those who may know. */
import type { Handler } from "hono";
import * as z from "zod";
import type { Caller } from "../caller.ts";
import { credentialKind, hashOf } from "../credential.ts";
import type { RoomDeps } from "../room.ts";
import type { TokenRow } from "../store/schema.ts";
import { manages, statusOf, view } from "../tokens.ts";
import { challenge } from "./gate.ts";
import { readBody } from "./input.ts";

const body = z.strictObject({ token: z.string().min(1).max(4096) });

/** An admin may ask about any token, a developer about their own, a token about itself. */
export function introspection({ db, door, now }: RoomDeps): Handler {
  return async (c) => {
    const caller = await door.authenticate(c.req.raw, challenge);
    const { token: value } = await readBody(c.req.raw, body);
    if (credentialKind(value) !== "token") return c.json({ active: false });
    const token = await db.lookup.token(hashOf(value));
    if (!token || !mayKnow(caller, token)) return c.json({ active: false });
    return c.json({ active: statusOf(token, now()) === "active", token: view(token, now()) });
  };
}

function mayKnow(caller: Caller, token: TokenRow): boolean {
  return caller.kind === "key" ? manages(caller, token) : caller.token.id === token.id;
}
