/** Who answers here, and a proof that it is the registry whose admin key the client holds. */
import { createHmac, createSecretKey } from "node:crypto";
import type { Handler } from "hono";
import type { Kysely } from "kysely";
import { z } from "zod";
import manifest from "../../../package.json" with { type: "json" };
import { firstAdmin } from "../admin-key.ts";
import type { Database } from "../store/schema.ts";
import { readQuery } from "./input.ts";

const query = z.object({ challenge: z.string().min(1).max(128).optional() });

export function health(db: Kysely<Database>): Handler {
  return async (c) => {
    const { challenge } = readQuery(c.req.url, query);
    const proof = challenge === undefined ? undefined : await prove(db, challenge);
    return c.json({
      service: "fly-tokens-registry",
      version: manifest.version,
      status: "ok",
      ...(proof && { proof }),
    });
  };
}

/** HMAC-SHA256 (hex) of the challenge, keyed with the SHA-256 of the admin key: all that is known of that key here. */
async function prove(db: Kysely<Database>, challenge: string): Promise<string | undefined> {
  const admin = await db
    .selectFrom("users")
    .select("key_hash")
    .where("name", "=", firstAdmin)
    .executeTakeFirst();
  return (
    admin && createHmac("sha256", createSecretKey(admin.key_hash, "hex")).update(challenge).digest("hex")
  );
}
