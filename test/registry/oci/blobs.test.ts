import { describe, expect, it } from "vitest";
import { codeOf, digestOf, openRoom } from "./open-room.ts";

const content = "0123456789";
const digest = digestOf(content);

describe("a blob", () => {
  it("is served whole, with its digest and its size, also to HEAD", async () => {
    const room = await openRoom();
    await room.pushBlob("docker/app", content);
    for (const method of ["GET", "HEAD"]) {
      const answer = await room.send(method, `docker/app/blobs/${digest}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-length")).toBe("10");
      expect(answer.headers.get("docker-content-digest")).toBe(digest);
      expect(await answer.text()).toBe(method === "GET" ? content : "");
    }
  });

  it.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=0-99", 206, content, "bytes 0-9/10"],
    ["bytes=0-1,3-4", 200, content, null],
    ["lines=1-2", 200, content, null],
  ])("is served in part for `%s`", async (range, status, text, place) => {
    const room = await openRoom();
    await room.pushBlob("app", content);
    const answer = await room.send("GET", `app/blobs/${digest}`, { headers: { range } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-range")).toBe(place);
    expect(await answer.text()).toBe(text);
  });

  it("has nothing beyond its end", async () => {
    const room = await openRoom();
    await room.pushBlob("app", content);
    const answer = await room.send("GET", `app/blobs/${digest}`, { headers: { range: "bytes=10-" } });
    expect(answer.status).toBe(416);
    expect(answer.headers.get("content-range")).toBe("bytes */10");
  });

  it("is not read through a repository that it does not belong to, although its digest is known", async () => {
    const room = await openRoom();
    await room.pushBlob("mine", content);
    for (const method of ["GET", "HEAD", "DELETE"]) {
      expect((await room.send(method, `other/blobs/${digest}`)).status).toBe(404);
    }
    expect((await room.send("GET", `mine/blobs/${digest}`)).status).toBe(200);
  });

  it("is deleted from one repository and stays in the other", async () => {
    const room = await openRoom();
    await room.pushBlob("one", content);
    await room.pushBlob("two", content);
    expect((await room.send("DELETE", `one/blobs/${digest}`)).status).toBe(202);
    const gone = await room.send("GET", `one/blobs/${digest}`);
    expect([gone.status, await codeOf(gone)]).toEqual([404, "BLOB_UNKNOWN"]);
    expect((await room.send("DELETE", `one/blobs/${digest}`)).status).toBe(404);
    expect((await room.send("GET", `two/blobs/${digest}`)).status).toBe(200);
  });

  it("needs a credential", async () => {
    const room = await openRoom();
    await room.pushBlob("app", content);
    const answer = await room.send("GET", `app/blobs/${digest}`, { as: "" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain('scope="repository:app:pull"');
  });
});

describe("what the API does not have", () => {
  it("is refused with the methods that there are", async () => {
    const room = await openRoom();
    const answer = await room.send("PUT", `app/blobs/${digest}`);
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, DELETE"]);
    expect((await room.send("GET", "_catalog")).status).toBe(404);
  });
});
