import { describe, expect, it } from "vitest";
import { codeOf, digestOf, openRoom, type TestRoom } from "./open-room.ts";

const content = "hello, layer";
const digest = digestOf(content);

async function start(room: TestRoom, repository = "docker/app"): Promise<string> {
  const answer = await room.send("POST", `${repository}/blobs/uploads/`);
  expect(answer.status).toBe(202);
  return answer.headers.get("location") ?? "";
}

async function status(room: TestRoom, location: string) {
  const answer = await room.send("GET", location);
  return [answer.status, answer.headers.get("range")];
}

/** A body of unknown length, as docker sends it; with a fault, the connection breaks after the pieces. */
function stream(pieces: string[], fault?: Error): ReadableStream {
  const rest = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = rest.shift();
      if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece));
      else if (fault) controller.error(fault);
      else controller.close();
    },
  });
}

async function nothingIsKept(room: TestRoom) {
  expect(await room.stored()).toEqual([]);
  expect(await room.incoming()).toEqual([]);
  expect(await room.db.selectFrom("blobs").selectAll().execute()).toEqual([]);
}

describe("a blob is uploaded", () => {
  it("in one request", async () => {
    const room = await openRoom();
    const answer = await room.send("POST", `app/blobs/uploads/?digest=${digest}`, { body: content });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/v2/app/blobs/${digest}`);
    expect(answer.headers.get("docker-content-digest")).toBe(digest);
    expect(await room.incoming()).toEqual([]);
  });

  it("with POST and PUT", async () => {
    const room = await openRoom();
    const answer = await room.send("PUT", `${await start(room)}?digest=${digest}`, { body: content });
    expect([answer.status, answer.headers.get("location")]).toEqual([201, `/v2/docker/app/blobs/${digest}`]);
    expect(await (await room.send("GET", `docker/app/blobs/${digest}`)).text()).toBe(content);
  });

  it("as a stream without a length", async () => {
    const room = await openRoom();
    const location = await start(room);
    const answer = await room.send("PATCH", location, { body: stream(["hello, ", "layer"]) });
    expect([answer.status, answer.headers.get("range")]).toEqual([202, "0-11"]);
    expect((await room.send("PUT", `${location}?digest=${digest}`)).status).toBe(201);
  });

  it("in chunks, the last of them with the PUT", async () => {
    const room = await openRoom();
    const location = await start(room);
    expect(await status(room, location)).toEqual([204, "0-0"]);
    const first = await room.send("PATCH", location, {
      body: "hello",
      headers: { "content-range": "0-4", "content-length": "5" },
    });
    expect([first.status, first.headers.get("range"), first.headers.get("location")]).toEqual([
      202,
      "0-4",
      location,
    ]);
    expect(await status(room, location)).toEqual([204, "0-4"]);
    const second = await room.send("PATCH", location, { body: ", la", headers: { "content-range": "5-8" } });
    expect(second.headers.get("range")).toBe("0-8");
    const last = await room.send("PUT", `${location}?digest=${digest}`, {
      body: "yer",
      headers: { "content-range": "9-11" },
    });
    expect(last.status).toBe(201);
    expect((await room.send("GET", location)).status).toBe(404);
  });

  it("when it is empty", async () => {
    const room = await openRoom();
    const location = await start(room);
    expect((await room.send("PUT", `${location}?digest=${digestOf("")}`)).status).toBe(201);
    expect((await room.send("HEAD", `docker/app/blobs/${digestOf("")}`)).headers.get("content-length")).toBe(
      "0",
    );
  });

  it("again, when it is there already", async () => {
    const room = await openRoom();
    await room.pushBlob("app", content);
    await room.pushBlob("app", content);
    expect(await room.stored()).toHaveLength(1);
  });
});

describe("a chunk is refused", () => {
  it.each(["1-4", "0-4", "6-9", "5-4", "bytes=5-9", "5-", "x"])(
    "at `%s` when the upload stands at byte 5, and may be sent again",
    async (range) => {
      const room = await openRoom();
      const location = await start(room);
      await room.send("PATCH", location, { body: "hello" });
      for (const [method, url] of [
        ["PATCH", location],
        ["PUT", `${location}?digest=${digest}`],
      ] as const) {
        const refused = await room.send(method, url, { body: ", lay", headers: { "content-range": range } });
        expect([refused.status, refused.headers.get("range")]).toEqual([416, "0-4"]);
      }
      expect((await room.send("PUT", `${location}?digest=${digest}`, { body: ", layer" })).status).toBe(201);
    },
  );

  it("when it has more or fewer bytes than it announces, and none of them count", async () => {
    const room = await openRoom();
    const location = await start(room);
    for (const headers of [
      { "content-range": "0-9" },
      { "content-range": "0-1" },
      { "content-length": "100" },
    ]) {
      const refused = await room.send("PATCH", location, { body: stream(["hello"]), headers });
      expect([refused.status, await codeOf(refused)]).toEqual([400, "SIZE_INVALID"]);
    }
    expect(await status(room, location)).toEqual([204, "0-0"]);
  });

  it("when the connection breaks, and none of it counts", async () => {
    const room = await openRoom();
    const location = await start(room);
    await room.send("PATCH", location, { body: "hello" });
    expect((await room.send("PATCH", location, { body: stream([", "], new Error("reset")) })).status).toBe(
      400,
    );
    expect(await status(room, location)).toEqual([204, "0-4"]);
    expect((await room.send("PUT", `${location}?digest=${digest}`, { body: ", layer" })).status).toBe(201);
  });

  it("while another one is being written", async () => {
    const room = await openRoom();
    const location = await start(room);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = new ReadableStream({
      async pull(controller) {
        await released;
        controller.enqueue(new TextEncoder().encode(content));
        controller.close();
      },
    });
    const first = room.send("PATCH", location, { body: slow });
    await expect.poll(async () => (await room.incoming()).join()).toContain(".busy");
    for (const method of ["PATCH", "PUT", "DELETE"]) {
      expect(
        (await room.send(method, `${location}?digest=${digest}`, method === "DELETE" ? {} : { body: "x" }))
          .status,
      ).toBe(409);
    }
    release();
    expect((await first).status).toBe(202);
    expect((await room.send("PUT", `${location}?digest=${digest}`)).status).toBe(201);
  });

  it("when the blob would become larger than the limit, at once and bit by bit", async () => {
    const room = await openRoom({ blob: 20, manifest: 1000 });
    const refused = await room.send("POST", `app/blobs/uploads/?digest=${digest}`, { body: "x".repeat(21) });
    expect([refused.status, await codeOf(refused)]).toEqual([413, "SIZE_INVALID"]);
    await nothingIsKept(room);
    const location = await start(room);
    expect((await room.send("PATCH", location, { body: "x".repeat(15) })).status).toBe(202);
    expect((await room.send("PATCH", location, { body: "x".repeat(6) })).status).toBe(413);
    expect(await status(room, location)).toEqual([204, "0-14"]);
  });
});

describe("an upload", () => {
  it("with the wrong digest leaves nothing behind", async () => {
    const room = await openRoom();
    const wrong = digestOf("something else");
    const location = await start(room);
    const refused = await room.send("PUT", `${location}?digest=${wrong}`, { body: content });
    expect([refused.status, await codeOf(refused)]).toEqual([400, "DIGEST_INVALID"]);
    await nothingIsKept(room);
    const monolithic = await room.send("POST", `app/blobs/uploads/?digest=${wrong}`, { body: content });
    expect([monolithic.status, await codeOf(monolithic)]).toEqual([400, "DIGEST_INVALID"]);
    await nothingIsKept(room);
    for (const repository of ["app", "docker/app"])
      expect((await room.send("HEAD", `${repository}/blobs/${digest}`)).status).toBe(404);
  });

  it.each(["", "?digest=", "?digest=sha256:abc", "?digest=sha512:abc", "?digest=../../etc/passwd"])(
    "is not finished with `%s`",
    async (query) => {
      const room = await openRoom();
      const location = await start(room);
      const refused = await room.send("PUT", `${location}${query}`, { body: content });
      expect([refused.status, await codeOf(refused)]).toEqual([400, "DIGEST_INVALID"]);
      expect(await status(room, location)).toEqual([204, "0-0"]);
    },
  );

  it("is cancelled, and then unknown", async () => {
    const room = await openRoom();
    const location = await start(room);
    await room.send("PATCH", location, { body: content });
    expect((await room.send("DELETE", location)).status).toBe(204);
    await nothingIsKept(room);
    for (const method of ["GET", "PATCH", "DELETE"]) {
      const gone = await room.send(method, location, method === "PATCH" ? { body: "x" } : {});
      expect([gone.status, await codeOf(gone)]).toEqual([404, "BLOB_UPLOAD_UNKNOWN"]);
    }
  });

  it("is known only to the repository that it was started in", async () => {
    const room = await openRoom();
    const location = await start(room, "mine");
    expect((await room.send("PATCH", location.replace("mine", "other"), { body: content })).status).toBe(404);
    expect((await room.send("PUT", "mine/blobs/uploads/..%2f..%2fregistry.db?digest=x")).status).toBe(400);
    expect((await room.send("GET", "mine/blobs/uploads/..%2f..%2fregistry.db")).status).toBe(404);
  });

  it("is thrown away after a day without a byte, and not before", async () => {
    const room = await openRoom();
    const [old, young] = [await start(room, "old"), await start(room, "young")];
    await room.age(23);
    expect(await status(room, old)).toEqual([204, "0-0"]);
    await start(room, "third");
    expect(await status(room, young)).toEqual([204, "0-0"]);
    await room.age(25);
    await start(room, "fourth");
    expect((await room.send("GET", old)).status).toBe(404);
    expect(await room.incoming()).toHaveLength(1);
  });

  it("needs a token that may write", async () => {
    const room = await openRoom();
    const reader = await room.token("read_only");
    const location = await start(room);
    for (const [method, path] of [
      ["POST", "app/blobs/uploads/"],
      ["GET", location],
      ["PATCH", location],
      ["PUT", location],
      ["DELETE", location],
    ] as const) {
      expect((await room.send(method, path, { as: reader.basic })).status).toBe(403);
      expect((await room.send(method, path, { as: "" })).status).toBe(401);
    }
  });
});

describe("a blob is mounted from another repository", () => {
  it("without being sent again", async () => {
    const room = await openRoom();
    await room.pushBlob("base", content);
    const answer = await room.send("POST", `app/blobs/uploads/?mount=${digest}&from=base`);
    expect([answer.status, answer.headers.get("location")]).toEqual([201, `/v2/app/blobs/${digest}`]);
    expect(await (await room.send("GET", `app/blobs/${digest}`)).text()).toBe(content);
  });

  it.each([
    ["the repository does not have it", `mount=${digest}&from=other`],
    ["no repository is named", `mount=${digest}`],
    ["the repository cannot exist", `mount=${digest}&from=../base`],
    ["the digest is none", "mount=latest&from=base"],
  ])("but has to be sent when %s", async (_why, query) => {
    const room = await openRoom();
    await room.pushBlob("base", content);
    const answer = await room.send("POST", `app/blobs/uploads/?${query}`);
    expect(answer.status).toBe(202);
    expect((await room.send("HEAD", `app/blobs/${digest}`)).status).toBe(404);
    expect(
      (await room.send("PUT", `${answer.headers.get("location")}?digest=${digest}`, { body: content }))
        .status,
    ).toBe(201);
  });

  it("only when the access token opens both", async () => {
    const room = await openRoom();
    await room.pushBlob("base", content);
    const logIn = async (scope: string) => {
      const answer = await room.send("GET", `token?scope=${encodeURIComponent(scope)}`);
      return `Bearer ${((await answer.json()) as { token: string }).token}`;
    };
    const mount = `app/blobs/uploads/?mount=${digest}&from=base`;
    expect((await room.send("POST", mount, { as: await logIn("repository:app:pull,push") })).status).toBe(
      202,
    );
    expect(
      (await room.send("POST", mount, { as: await logIn("repository:app:pull,push repository:base:pull") }))
        .status,
    ).toBe(201);
  });
});
