/** Who answers here, and a proof that this registry knows the key that the client holds. */
import { createHash, createHmac } from "node:crypto";
import type { Handler } from "hono";
import type { Kysely } from "kysely";
import * as z from "zod";
import manifest from "../../../package.json" with { type: "json" };
import { firstAdmin } from "../admin-key.ts";
import type { Database } from "../store/schema.ts";
import { readQuery } from "./input.ts";

const query = z.object({
  challenge: z.string().min(1).max(128).optional(),
  key_id: z.hex().length(64).toLowerCase().optional(),
});

export function health(db: Kysely<Database>): Handler {
  return async (c) => {
    const { challenge, key_id } = readQuery(c.req.url, query);
    const proof = challenge === undefined ? undefined : await prove(db, challenge, key_id);
    return c.json({
      service: "fly-tokens-registry",
      version: manifest.version,
      status: "ok",
      ...(proof && { proof }),
    });
  };
}

/**
 * HMAC-SHA256 (hex) of the challenge, keyed with the SHA-256 of a user's key: all that is known of that key here.
 * @param keyId the SHA-256 (hex) of that SHA-256; the first admin's key when left out
 */
async function prove(
  db: Kysely<Database>,
  challenge: string,
  keyId: string | undefined,
): Promise<string | undefined> {
  const users = await db.selectFrom("users").select(["name", "key_hash"]).execute();
  const keys = users.map(({ name, key_hash }) => ({ name, key: Buffer.from(key_hash, "hex") }));
  const known = keys.find(({ name, key }) =>
    keyId === undefined ? name === firstAdmin : sha256(key) === keyId,
  );
  return known && createHmac("sha256", known.key).update(challenge).digest("hex");
}

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
