/** The local registry: introspection against a bare route, and pages of a long list against those of a short one. */
import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { sql } from "kysely";
import { openDatabase } from "../src/registry/store/sqlite.ts";
import { startRegistry } from "../test/support/registry.ts";
import { inTurns, ms, type Row, row, timed } from "./measure.ts";

/** Milliseconds for `count` POSTs over 16 kept connections. */
async function load(url: string, authorization: string, body: string, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const one = () =>
    new Promise<void>((done, failed) => {
      const sent = request(
        url,
        {
          method: "POST",
          agent,
          headers: { authorization, "content-type": "application/json", "content-length": body.length },
        },
        (response) => {
          response
            .resume()
            .on("end", () =>
              response.statusCode === 200 ? done() : failed(new Error(`${response.statusCode}`)),
            );
        },
      );
      sent.on("error", failed).end(body);
    });
  const worker = async () => {
    for (let n = 0; n < count / 16; n++) await one();
  };
  const time = await timed(() => Promise.all(Array.from({ length: 16 }, worker)));
  agent.destroy();
  return time;
}

/** Client and servers share this process and its one core: what is compared is the whole exchange on both sides. */
async function benchIntrospection(): Promise<Row> {
  await using registry = await startRegistry();
  const { value } = await registry.mint();
  const bare = new Hono().post("/introspect", async (c) =>
    c.json({ active: ((await c.req.json()) as { token: string }).token === value }),
  );
  const server = serve({ fetch: bare.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((listening) => server.once("listening", listening));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const body = JSON.stringify({ token: value });
  const [ours = Number.NaN, theirs = Number.NaN] = await inTurns(7, [
    () => load(`${registry.url}/fly/api/v1/introspect`, `Bearer ${registry.adminKey}`, body, 4_000),
    () => load(`http://127.0.0.1:${port}/introspect`, "Bearer x", body, 4_000),
  ]);
  server.close();
  return row(
    "introspections a second, against a bare hono route",
    `${(4e6 / ours).toFixed(0)}/s`,
    `${(4e6 / theirs).toFixed(0)}/s`,
    theirs / ours,
    ">=",
    0.6,
  );
}

/** Fills a registry's database with tokens that nobody holds. */
async function fill(folder: string, count: number): Promise<void> {
  const db = await openDatabase(join(folder, "registry.db"));
  const hash = randomBytes(16).toString("hex");
  await sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
    insert into tokens (id, name, folded_name, username, permission, created_by, created_at, expires_at, hash)
    select 'tok_' || i, 'token ' || (i * 7919 % ${count}), 'token ' || (i * 7919 % ${count}), 'admin', 'read_only', 'admin', i * 1000, 4000000000000 + (i * 104729 % ${count}), ${hash} || i from n`.execute(
    db,
  );
  await db.destroy();
}

async function benchPages(): Promise<Row[]> {
  await using short = await startRegistry();
  await using long = await startRegistry();
  await fill(short.folder, 1_000);
  await fill(long.folder, 1_000_000);
  const rows: Row[] = [];
  for (const sort of ["-created_at", "name", "expires_at"]) {
    const page = (registry: typeof long) => () =>
      timed(async () => {
        for (let n = 0; n < 20; n++)
          await (await registry.call("GET", `/tokens?limit=50&sort=${sort}`)).json();
      });
    const [million = Number.NaN, thousand = Number.NaN] = await inTurns(9, [page(long), page(short)]);
    rows.push(
      row(
        `page of 50 by ${sort}, 1,000,000 tokens against 1,000`,
        ms(million / 20),
        ms(thousand / 20),
        million / thousand,
        "<=",
        2,
      ),
    );
  }
  return rows;
}

export async function benchRegistry(): Promise<Row[]> {
  return [await benchIntrospection(), ...(await benchPages())];
}
