/** Uploads whose requests come to different replicas, over one database and one bucket. */
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { openDoor } from "../../../src/registry/door.ts";
import { ociRoom } from "../../../src/registry/oci/index.ts";
import { failure } from "../../fakes/s3/bucket.ts";
import { codeOf, digestOf, openRoom } from "./open-room.ts";

const content = "hello, layer";
const digest = digestOf(content);

/** The room twice, as two replicas have it. */
async function twoReplicas() {
  process.env.FLY_TOKENS_TEST_ARTIFACTS = "bucket";
  const room = await openRoom();
  const { db, clock, s3, again, writer } = room;
  if (!s3) throw new Error("There is no bucket.");
  const now = () => clock.now;
  const origin = (request: Request) => new URL(request.url).origin;
  const deps = { db, blobs: await again(), door: openDoor(db, now, new WeakMap()), now, origin };
  const app = new Hono();
  app.route("/v2", ociRoom({ ...deps, upstream: async () => undefined }));
  const there: typeof room.send = async (method, path, { body, headers = {} } = {}) =>
    app.fetch(
      new Request(`http://127.0.0.1:7412${path}`, {
        method,
        headers: { authorization: writer.basic, ...headers },
        ...(body !== undefined && { body, duplex: "half" }),
      } as RequestInit),
    );
  const start = async () =>
    (await room.send("POST", "docker/app/blobs/uploads/")).headers.get("location") ?? "";
  const read = async () => (await there("GET", `/v2/docker/app/blobs/${digest}`)).text();
  return { ...room, s3, here: room.send, there, start, read };
}

/** A body whose bytes come when it is let go. */
function held(text: string) {
  let letGo = () => {};
  const body = new ReadableStream({
    start(controller) {
      letGo = () => {
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      };
    },
  });
  return { body, letGo: () => letGo() };
}

describe("an upload", () => {
  it("goes on at any replica, chunk by chunk", async () => {
    const { here, there, start, read, incoming } = await twoReplicas();
    const location = await start();
    const chunks = [
      [here, "hello", "0-4"],
      [there, ", ", "5-6"],
      [here, "lay", "7-9"],
    ] as const;
    for (const [send, body, range] of chunks)
      expect((await send("PATCH", location, { body, headers: { "content-range": range } })).status).toBe(202);
    expect((await there("GET", location)).headers.get("range")).toBe("0-9");
    expect((await there("PUT", `${location}?digest=${digest}`, { body: "er" })).status).toBe(201);
    expect([await read(), await incoming()]).toEqual([content, []]);
    for (const send of [here, there]) expect((await send("GET", location)).status).toBe(404);
  });

  it("of one piece becomes a blob inside the bucket, without being sent again", async () => {
    const { here, there, start, read, s3 } = await twoReplicas();
    const location = await start();
    await here("PATCH", location, { body: content });
    s3.log.length = 0;
    expect((await there("PUT", `${location}?digest=${digest}`)).status).toBe(201);
    expect(s3.log.map((line) => line.split(" ")[0])).toEqual(["copy", "delete"]);
    expect(await read()).toBe(content);
  });

  it("takes one of two chunks that come to both replicas at once, and refuses the other", async () => {
    const { here, there, start, read, incoming } = await twoReplicas();
    const location = await start();
    const slow = held("HELLO");
    const late = here("PATCH", location, { body: slow.body });
    await expect.poll(async () => (await incoming()).join()).toContain(".busy");
    expect((await there("PATCH", location, { body: "hello" })).status).toBe(202);
    slow.letGo();
    const refused = await late;
    expect([refused.status, await codeOf(refused)]).toEqual([409, "BLOB_UPLOAD_INVALID"]);
    const elsewhere = await here("PATCH", location, { body: "HELLO", headers: { "content-range": "0-4" } });
    expect([elsewhere.status, elsewhere.headers.get("range")]).toEqual([416, "0-4"]);
    expect((await here("PUT", `${location}?digest=${digest}`, { body: ", layer" })).status).toBe(201);
    expect([await read(), await incoming()]).toEqual([content, []]);
  });

  it("that ends at one replica while the other writes to it is what the first made of it", async () => {
    const { here, there, start, read, incoming } = await twoReplicas();
    const location = await start();
    await here("PATCH", location, { body: content });
    const slow = held(" and more");
    const late = here("PATCH", location, { body: slow.body });
    await expect.poll(async () => (await incoming()).join()).toContain(".busy");
    expect((await there("PUT", `${location}?digest=${digest}`)).status).toBe(201);
    slow.letGo();
    expect((await late).status).toBe(409);
    expect([await read(), await incoming()]).toEqual([content, []]);
  });

  it("is finished by exactly one of many that try at once", async () => {
    const { here, there, start, read } = await twoReplicas();
    const location = await start();
    await here("PATCH", location, { body: content });
    const tries = Array.from({ length: 6 }, (_, at) =>
      (at % 2 ? here : there)("PUT", `${location}?digest=${digest}`),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.every((status) => [201, 404, 409].includes(status))).toBe(true);
    expect(await read()).toBe(content);
  });

  it("may be finished again when the bucket was away", async () => {
    const { here, there, start, read, s3 } = await twoReplicas();
    const location = await start();
    for (const body of ["hello", ", layer"]) await here("PATCH", location, { body });
    for (const name of ["get", "put"]) {
      s3.fault = (operation) => (operation.name === name ? failure(503, "SlowDown") : undefined);
      const refused = await here("PUT", `${location}?digest=${digest}`);
      expect([refused.status, await codeOf(refused)]).toEqual([503, "UNAVAILABLE"]);
    }
    s3.fault = undefined;
    expect((await there("GET", location)).headers.get("range")).toBe("0-11");
    expect((await there("PUT", `${location}?digest=${digest}`)).status).toBe(201);
    expect(await read()).toBe(content);
  });

  it("whose pieces come only by half out of the bucket makes no blob", async () => {
    const { here, start, s3, stored } = await twoReplicas();
    const location = await start();
    for (const body of ["hello", ", layer"]) await here("PATCH", location, { body });
    s3.fault = ({ name }) => (name === "get" ? "cut half" : undefined);
    expect((await here("PUT", `${location}?digest=${digest}`)).status).toBe(503);
    expect(await stored()).toEqual([]);
  });
});

describe("what a killed replica left in the bucket", () => {
  it("goes after a day, and what is going on stays", async () => {
    const { here, start, s3, age, incoming, clock, token } = await twoReplicas();
    const { prefix } = s3.options;
    const object = { body: Buffer.from("x"), etag: '"x"', writtenAt: clock.now };
    s3.bucket.pageSize = 2;
    for (const name of ["a", "b", "c", "d"])
      s3.bucket.objects.set(`${prefix}incoming/dead/${name}`, { ...object });
    s3.bucket.uploads.set("dead", { key: `${prefix}sha256/0`, parts: new Map(), begunAt: clock.now });
    s3.bucket.objects.set("another/incoming/dead/a", { ...object });
    const location = await start();
    await here("PATCH", location, { body: "hello" });
    await age(30);
    // Somebody has just gone on with it.
    await here("PATCH", location, { body: ", " });
    clock.now = new Date(clock.now.getTime() + 3_600_000);
    const { basic: as } = await token("read_write");
    expect((await here("POST", "docker/app/blobs/uploads/", { as })).status).toBe(202);
    expect((await incoming()).filter((name) => name.startsWith("dead"))).toEqual([]);
    expect(s3.bucket.objects.has("another/incoming/dead/a")).toBe(true);
    expect((await here("PUT", `${location}?digest=${digest}`, { as, body: "layer" })).status).toBe(201);
  });

  it("keeps nobody from beginning an upload, even when it cannot be removed", async () => {
    const { here, s3, clock, token } = await twoReplicas();
    s3.fault = ({ name }) => (name === "list" ? failure(500, "InternalError") : undefined);
    clock.now = new Date(clock.now.getTime() + 3_600_000);
    const { basic: as } = await token("read_write");
    expect((await here("POST", "docker/app/blobs/uploads/", { as })).status).toBe(202);
  });
});
