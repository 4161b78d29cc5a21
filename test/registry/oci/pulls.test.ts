import { describe, expect, it } from "vitest";
import { digestOf, imageOf, indexOf, indexType, openRoom, type TestRoom } from "./open-room.ts";

/** An index `1.0` of two images in `docker/app`, and the token of an environment. */
async function released() {
  const room = await openRoom();
  const children = [
    await room.pushImage("docker/app", undefined, "amd64"),
    await room.pushImage("docker/app", undefined, "arm64"),
  ] as const;
  const digest = await room.pushManifest(
    "docker/app",
    "1.0",
    indexOf(imageOf("amd64"), imageOf("arm64")),
    indexType,
  );
  const production = await room.token("read_only", "production");
  const get = (reference: string, as = production.basic, method = "GET") =>
    room.send(method, `docker/app/manifests/${reference}`, { as });
  const head = (reference: string, as = production.basic) => get(reference, as, "HEAD");
  return { room, digest, children, production, get, head };
}

const later = (room: TestRoom, seconds: number) => {
  room.clock.now = new Date(room.clock.now.getTime() + seconds * 1000);
};

const tagsAndDigests = async (room: TestRoom) => (await room.pulls()).map(({ tag, digest }) => [tag, digest]);

describe("a pull with an environment's token", () => {
  it("by tag is a deployment, on record when the answer comes", async () => {
    const { room, digest, production, get } = await released();
    expect((await get("1.0")).status).toBe(200);
    expect(await room.pulls()).toEqual([
      {
        id: 1,
        environment: "production",
        image: "docker/app",
        tag: "1.0",
        digest,
        at: room.clock.now.getTime(),
        token_id: production.id,
      },
    ]);
  });

  it("with an access token is one as well", async () => {
    const { room, production, get } = await released();
    const login = await room.send("GET", "token?scope=repository:docker/app:pull", { as: production.basic });
    await get("1.0", `Bearer ${((await login.json()) as { token: string }).token}`);
    expect(await room.pulls()).toMatchObject([
      { environment: "production", tag: "1.0", token_id: production.id },
    ]);
  });

  it("by digest is one without a tag", async () => {
    const { room, digest, get } = await released();
    await get(digest);
    expect(await tagsAndDigests(room)).toEqual([[null, digest]]);
  });

  it("each time anew: every node that pulls is an event", async () => {
    const { room, get } = await released();
    await get("1.0");
    await get("1.0");
    expect(await room.pulls()).toHaveLength(2);
  });

  it("that only asks whether it is there is none, nor is one that fails", async () => {
    const { room, head, get } = await released();
    await head("1.0");
    await get("2.0");
    await get("1.0", "");
    expect(await room.pulls()).toEqual([]);
  });

  it("is recorded for one environment, and never for a token without one", async () => {
    const { room, get } = await released();
    const staging = await room.token("read_write", "staging");
    await get("1.0", room.writer.basic);
    await get("1.0", staging.basic);
    expect(await room.pulls()).toMatchObject([{ environment: "staging" }]);
  });
});

describe("a pull by digest after a HEAD of the tag", () => {
  it("is a pull of the tag", async () => {
    const { room, digest, head, get } = await released();
    await head("1.0");
    later(room, 60);
    await get(digest);
    expect(await tagsAndDigests(room)).toEqual([["1.0", digest]]);
  });

  it("of the tag asked for last, when several are the same", async () => {
    const { room, digest, head, get } = await released();
    await room.pushManifest("docker/app", "latest", indexOf(imageOf("amd64"), imageOf("arm64")), indexType);
    await head("1.0");
    await head("latest");
    await get(digest);
    expect(await tagsAndDigests(room)).toEqual([["latest", digest]]);
  });

  it("but not after more than a minute", async () => {
    const { room, digest, head, get } = await released();
    await head("1.0");
    later(room, 61);
    await get(digest);
    expect(await tagsAndDigests(room)).toEqual([[null, digest]]);
  });

  it("but not by another token, of another image or for another digest", async () => {
    const { room, digest, head, get } = await released();
    const staging = await room.token("read_only", "staging");
    const other = await room.pushImage("docker/app", "2.0", "other");
    const elsewhere = await room.pushImage("docker/other", "1.0", "amd64");
    await head("1.0", staging.basic);
    await head("2.0", staging.basic);
    await get(digest);
    await room.send("HEAD", "docker/app/manifests/2.0");
    await get(other);
    await room.send("GET", `docker/other/manifests/${elsewhere}`, { as: staging.basic });
    expect((await room.pulls()).map(({ tag }) => tag)).toEqual([null, null, null]);
  });
});

describe("a pull of what an index lists", () => {
  it("belongs to the pull of the index, by tag or by digest", async () => {
    const { room, digest, children, head, get } = await released();
    await get("1.0");
    for (const child of children) await get(child);
    later(room, 120);
    await head("1.0");
    await get(digest);
    later(room, 60);
    await get(children[0]);
    expect(await tagsAndDigests(room)).toEqual([
      ["1.0", digest],
      ["1.0", digest],
    ]);
  });

  it("is an event of its own after more than a minute, or without the index", async () => {
    const { room, children, get } = await released();
    await get(children[0]);
    await get("1.0");
    later(room, 61);
    await get(children[1]);
    expect((await room.pulls()).map(({ digest }) => digest)).toEqual([
      children[0],
      expect.anything(),
      children[1],
    ]);
  });

  it("is an event of its own when another token, or another image, was pulled", async () => {
    const { room, children, get } = await released();
    const second = await room.token("read_only", "production");
    await get("1.0", second.basic);
    await get(children[0]);
    await room.pushImage("docker/copy", undefined, "arm64");
    await room.send("GET", `docker/copy/manifests/${children[1]}`, { as: second.basic });
    expect((await room.pulls()).map(({ image, digest }) => [image, digest]).slice(1)).toEqual([
      ["docker/app", children[0]],
      ["docker/copy", children[1]],
    ]);
  });

  it("belongs to the pull of an index in an index too", async () => {
    const { room, children, digest, get } = await released();
    const inner = indexOf(imageOf("amd64"), imageOf("arm64"));
    const outer = JSON.stringify({
      schemaVersion: 2,
      manifests: [{ mediaType: indexType, digest: digestOf(inner), size: inner.length }],
    });
    await room.pushManifest("docker/app", "all", outer, indexType);
    await get("all");
    await get(digest);
    await get(children[0]);
    expect((await room.pulls()).map(({ tag }) => tag)).toEqual(["all"]);
  });
});
