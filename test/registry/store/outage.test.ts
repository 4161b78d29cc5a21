/** PostgreSQL goes away, comes back, is slow or takes no writes: errors for a while, and never a wrong answer. */
import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { inspect } from "node:util";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { makeCredential } from "../../../src/registry/credential.ts";
import { openPostgres } from "../../../src/registry/store/postgres/open.ts";
import { Secret } from "../../../src/secret.ts";
import { type Postgres, postgresPrograms, startPostgres } from "../../support/postgres.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";

const programs = inject("postgres") === undefined ? undefined : postgresPrograms();
const password = "correct-horse-battery-staple";

let cluster: Postgres;
let schemas = 0;

beforeAll(async () => {
  if (programs) cluster = await startPostgres(programs);
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const newUrl = () => new URL(cluster.url(`outage_${schemas++}`));
const secretly = (url: URL) => new Secret(url.href);

async function superuser(): Promise<Client> {
  const client = new Client({ connectionString: cluster.url() });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

/** What each room answers to a token that is valid. */
async function everyRoom(registry: TestRegistry, token: string): Promise<[string, Response][]> {
  const basic = `Basic ${Buffer.from(`__token__:${token}`).toString("base64")}`;
  const requests: [string, string][] = [
    ["/fly/api/v1/me", `Bearer ${registry.adminKey}`],
    ["/artifactory/api/npm/npm/-/whoami", `Bearer ${token}`],
    ["/artifactory/api/pypi/pypi/simple/", basic],
    ["/artifactory/maven/", basic],
    ["/artifactory/api/generic/", basic],
    ["/v2/", basic],
    ["/v2/", "Bearer flya_x"],
    ["/v2/token", basic],
  ];
  return Promise.all(
    requests.map(async ([path, authorization]) => [
      path,
      await registry.fetch(path, { headers: { authorization } }),
    ]),
  );
}

/** How those rooms say it that do not say it in plain words. */
const shapes: Record<string, RegExp> = {
  fly: /^\{"error":\{"code":"unavailable","message":"The registry's database/,
  npm: /^\{"error":"The registry's database/,
  v2: /^\{"errors":\[\{"code":"UNAVAILABLE","message":"The registry's database/,
};

/** Until somebody waits for a lock. */
async function someoneWaits(client: Client): Promise<void> {
  await expect
    .poll(
      async () =>
        (await client.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")).rowCount,
    )
    .toBeGreaterThan(0);
}

const mintBody = (name: string) => JSON.stringify({ name, permission: "read_only", expires_at: null });

function mintOnce(registry: TestRegistry, key: string): Promise<Response> {
  return registry.fetch("/fly/api/v1/tokens", {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: mintBody("once"),
  });
}

describe.skipIf(programs === undefined)("while the database is away", () => {
  test("every room says so in its own way, no log-in counts as failed, and all goes on when it is back", async () => {
    await using registry = await startRegistry({ database: secretly(newUrl()) });
    const { value, token } = await registry.mint();
    const served = async () => {
      for (const [path, { status }] of await everyRoom(registry, value))
        expect([path, status < 500]).toEqual([path, true]);
    };
    await served();
    await cluster.stop("immediate");
    const stranger = makeCredential("token");
    for (let round = 0; round < 4; round++) {
      for (const [path, response] of await everyRoom(registry, value)) {
        expect([path, response.status, response.headers.get("retry-after")]).toEqual([path, 503, "2"]);
        expect(response.headers.has("www-authenticate")).toBe(false);
        expect(await response.text()).toMatch(
          shapes[path.split("/")[path.includes("npm") ? 3 : 1] ?? ""] ?? /^The registry's database/,
        );
      }
      for (const [, { status }] of await everyRoom(registry, stranger)) expect(status).toBe(503);
    }
    await cluster.start();
    await served();
    expect((await registry.call("GET", `/tokens/${token.id}`)).status).toBe(200);
    expect((await registry.call("GET", "/me", undefined, stranger)).status).toBe(401);
    expect(registry.log.filter((line) => "fault" in line)).toEqual([]);
    const told = registry.log.filter((line) => "warning" in line);
    // Not for each of those requests.
    expect([told.length > 0, told.length < 20]).toEqual([true, true]);
    for (const { warning } of told) expect(warning).toMatch(/^The database does not answer: [^/@]+\.$/);
  });

  test("a transaction that it is in the middle of is lost as a whole, and the process lives on", async () => {
    const db = await openPostgres(secretly(newUrl()));
    onTestFinished(() => db.destroy());
    const environment = { name: "a", description: "", created_by: "admin", created_at: 0 };
    const lost = db.atomically(async (transaction) => {
      await transaction.insertInto("environments").values(environment).execute();
      await cluster.stop("immediate");
      await new Promise((resolve) => setTimeout(resolve, 100));
      await transaction
        .insertInto("environments")
        .values({ ...environment, name: "b" })
        .execute();
    });
    await expect(lost).rejects.toMatchObject({ status: 503 });
    await cluster.start();
    expect(await db.selectFrom("environments").selectAll().execute()).toEqual([]);
  });

  test("a start is refused with a problem that says why", async () => {
    const url = newUrl();
    url.password = password;
    await cluster.stop();
    const problem: unknown = await openPostgres(secretly(url)).catch((error: unknown) => error);
    await cluster.start();
    expect(problem).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("nothing listens there"),
      fix: expect.stringContaining("FLY_TOKENS_DATABASE_URL"),
    });
    expect(inspect(problem, { depth: 9, showHidden: true })).not.toContain(password);
  });
});

test.skipIf(programs === undefined).each([
  ["sslmode=verify-full", "it has no TLS"],
  ["sslmode=verify-full&sslrootcert=/nowhere", "a file or socket that it names is not there"],
  ["schema=information_schema", "is not the name of a schema"],
])("a start with %s says: %s", async (query, what) => {
  const problem = await openPostgres(new Secret(`${cluster.url()}?${query}`)).catch(
    (error: unknown) => error,
  );
  expect(problem).toMatchObject({ code: "not_configured", message: expect.stringContaining(what) });
});

/** Between the registry and PostgreSQL; `cut` lets the next commit through, and its answer not. */
async function startWire(target: number): Promise<{ port: number; cut(): void; server: Server }> {
  let cutsNext = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = dial(target, "127.0.0.1");
    let isCut = false;
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => [client, database].map((each) => each.destroy()));
    }
    client.on("data", (data) => {
      database.write(data);
      if (!cutsNext || !data.includes("commit")) return;
      [cutsNext, isCut] = [false, true];
    });
    database.on("data", (data) => {
      if (isCut) client.destroy();
      else client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    cut: () => {
      cutsNext = true;
    },
    server,
  };
}

describe.skipIf(programs === undefined)("a database that is in trouble", () => {
  test("loses the answer to a commit: nobody knows, and the Idempotency-Key finds out", async () => {
    const url = newUrl();
    const wire = await startWire(Number(url.port));
    url.port = `${wire.port}`;
    await using registry = await startRegistry({ database: secretly(url) });
    wire.cut();
    expect((await mintOnce(registry, "k")).status).toBe(503);
    const again = await mintOnce(registry, "k");
    expect(again.status).toBe(200);
    expect(await again.json()).not.toHaveProperty("value");
    const { tokens } = (await (await registry.call("GET", "/tokens")).json()) as { tokens: unknown[] };
    expect(tokens).toHaveLength(1);
  });

  test("has every connection waiting: who gets none is told to come again, the others are served", async () => {
    const url = newUrl();
    await using registry = await startRegistry({ database: secretly(url) });
    const client = await superuser();
    await client.query("begin");
    await client.query(`lock table ${url.searchParams.get("schema")}.tokens in access exclusive mode`);
    const asked = Array.from({ length: 25 }, () => registry.call("GET", "/tokens"));
    const first = await Promise.race(asked);
    expect([first.status, first.headers.get("retry-after")]).toEqual([503, "2"]);
    await client.query("commit");
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect((await registry.call("GET", "/tokens")).status).toBe(200);
  });

  test("lets nobody wait as long as we would (`lock_timeout` of the user): 503, too", async () => {
    const url = newUrl();
    url.searchParams.set("options", "-c lock_timeout=50ms");
    await using registry = await startRegistry({ database: secretly(url) });
    const client = await superuser();
    await client.query("begin");
    await client.query(`lock table ${url.searchParams.get("schema")}.tokens in access exclusive mode`);
    expect((await mintOnce(registry, "k")).status).toBe(503);
    await client.query("commit");
    expect((await mintOnce(registry, "k")).status).toBe(201);
  });

  test("gives up on a statement: 503, and the next one is answered", async () => {
    const url = newUrl();
    await using registry = await startRegistry({ database: secretly(url) });
    const client = await superuser();
    await client.query("begin");
    await client.query(`lock table ${url.searchParams.get("schema")}.tokens in access exclusive mode`);
    const asked = mintOnce(registry, "k");
    await someoneWaits(client);
    await client.query("select pg_cancel_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'");
    expect((await asked).status).toBe(503);
    await client.query("commit");
    expect((await mintOnce(registry, "k")).status).toBe(201);
  });

  test("takes no writes: what only reads is answered, the rest is 503", async () => {
    const url = newUrl();
    await using registry = await startRegistry({ database: secretly(url) });
    const client = await superuser();
    const setReadOnly = async (value: "on" | "off") => {
      await client.query(`alter system set default_transaction_read_only = ${value}`);
      await client.query("select pg_reload_conf()");
      await expect
        .poll(async () => (await client.query("show default_transaction_read_only")).rows[0])
        .toEqual({ default_transaction_read_only: value });
    };
    await setReadOnly("on");
    onTestFinished(() => setReadOnly("off"));
    await expect.poll(async () => (await mintOnce(registry, "k")).status).toBe(503);
    expect((await registry.call("GET", "/tokens")).status).toBe(200);
  });

  test("has become a standby, which hears of revocations too late: nothing is answered from it", async () => {
    const url = newUrl();
    await using registry = await startRegistry({ database: secretly(url) });
    await cluster.stop();
    await cluster.start("standby");
    expect((await registry.call("GET", "/me")).status).toBe(503);
    await expect(openPostgres(secretly(url))).rejects.toMatchObject({
      message: expect.stringContaining("standby"),
    });
    await cluster.stop();
    await cluster.start();
    expect((await registry.call("GET", "/me")).status).toBe(200);
  });
});

/** Answers everyone as PostgreSQL does whose password is wrong, and repeats what it was sent. */
async function startRefusing(): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const fields = Buffer.from(`SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed: ${password}\0\0`);
      const head = Buffer.alloc(5);
      head.write("E");
      head.writeInt32BE(fields.length + 4, 1);
      socket.end(Buffer.concat([head, fields]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

test.each([
  ["a wrong password", async () => `postgres://me:${password}@127.0.0.1:${await startRefusing()}/db`],
  ["a port that is none", async () => `postgres://me:${password}@127.0.0.1:99999/db`],
  ["no URL", async () => `postgres://me:${password}@host:port/db`],
  ["a password that cannot be decoded", async () => `postgres://me:${password}%E0%A4@127.0.0.1:1/db`],
  ["a schema that is none", async () => `postgres://me:${password}@127.0.0.1:1/db?schema=pg_temp`],
])("%s is not usable, and is repeated nowhere in what is said of it", async (_, url) => {
  const problem = await openPostgres(new Secret(await url())).catch((error: unknown) => error);
  expect(problem).toMatchObject({ name: "Problem", code: "not_configured" });
  expect(inspect(problem, { depth: 9, showHidden: true })).not.toContain(password);
});
