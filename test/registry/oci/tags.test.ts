import { expect, it } from "vitest";
import { codeOf, openRoom } from "./open-room.ts";

async function list(room: Awaited<ReturnType<typeof openRoom>>, query = "") {
  const answer = await room.send("GET", query.startsWith("/") ? query : `docker/app/tags/list${query}`);
  expect(answer.status).toBe(200);
  const next = /^<(.+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
  return { ...((await answer.json()) as { name: string; tags: string[] }), next };
}

it("tags are listed in the order of their bytes", async () => {
  const room = await openRoom();
  for (const tag of ["b", "a", "B", "1.10", "1.9", "_x"]) await room.pushImage("docker/app", tag);
  expect(await list(room)).toEqual({
    name: "docker/app",
    tags: ["1.10", "1.9", "B", "_x", "a", "b"],
    next: undefined,
  });
});

it("pages follow each other by their Link, each tag once", async () => {
  const room = await openRoom();
  for (const tag of ["a", "b", "c", "d", "e"]) await room.pushImage("docker/app", tag);
  const first = await list(room, "?n=2");
  expect(first).toEqual({
    name: "docker/app",
    tags: ["a", "b"],
    next: "/v2/docker/app/tags/list?n=2&last=b",
  });
  const second = await list(room, first.next);
  expect(second.tags).toEqual(["c", "d"]);
  expect(await list(room, second.next)).toMatchObject({ tags: ["e"], next: undefined });
  expect(await list(room, "?n=5")).toMatchObject({ next: undefined });
  expect(await list(room, "?last=c")).toMatchObject({ tags: ["d", "e"] });
  expect(await list(room, "?n=0")).toMatchObject({ tags: [], next: undefined });
});

it("a repository without tags has an empty list, an unknown one has none", async () => {
  const room = await openRoom();
  await room.pushImage("docker/app", undefined);
  expect(await list(room)).toMatchObject({ tags: [] });
  const unknown = await room.send("GET", "docker/other/tags/list");
  expect([unknown.status, await codeOf(unknown)]).toEqual([404, "NAME_UNKNOWN"]);
});

it.each(["-1", "x", "", "1.5", "1e3"])("a page of `%s` tags is refused", async (n) => {
  const room = await openRoom();
  expect((await room.send("GET", `docker/app/tags/list?n=${n}`)).status).toBe(400);
});
