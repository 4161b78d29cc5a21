/** /upstreams: where clients are sent for packages that are not here. */
import type { Hono } from "hono";
import * as z from "zod";
import { Refusal } from "../caller.ts";
import type { RoomDeps } from "../room.ts";
import { checkUpstream, upstreamEcosystems } from "../upstreams.ts";
import { adminOnly, type ManagementEnv } from "./gate.ts";
import { readBody } from "./input.ts";

const request = z.strictObject({ url: z.string().max(2000) });

export function upstreamRoutes(room: Hono<ManagementEnv>, { db, now, upstream, origin }: RoomDeps): void {
  room.get("/upstreams", async (c) => {
    const all = await Promise.all(
      upstreamEcosystems.map(async (ecosystem) => ({ ecosystem, url: await upstream(ecosystem) })),
    );
    return c.json({ upstreams: all.filter(({ url }) => url !== undefined) });
  });

  room.put("/upstreams/:ecosystem", async (c) => {
    adminOnly(c.get("caller"));
    const ecosystem = upstreamEcosystems.find((known) => known === c.req.param("ecosystem"));
    if (!ecosystem)
      throw new Refusal(404, "not_found", `Upstreams are for ${upstreamEcosystems.join(" and ")}.`);
    const body = await readBody(c.req.raw, request);
    const url = checkUpstream(body.url, new URL(origin(c.req.raw)));
    const row = { url, set_at: now().getTime() };
    await db
      .insertInto("upstreams")
      .values({ ecosystem, ...row })
      .onConflict((conflict) => conflict.column("ecosystem").doUpdateSet(row))
      .execute();
    return c.json({ ecosystem, url });
  });
}
