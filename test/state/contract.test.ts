/** What holds of what we remember, wherever it lies: in our folder, or in a database that replicas share. */
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import * as z from "zod";
import { describePlaces, openPlace } from "./stores.ts";

const Word = z.object({ word: z.string(), count: z.int(), value: z.string().optional() });
const minute = 60_000;

describePlaces("once", (place) => {
  const start = Date.parse("2027-03-01T10:00:00Z");
  const now = () => new Date(start);

  test("is granted to the first of all processes, and to nobody after that", async () => {
    await using here = await openPlace(place);
    const [one, other] = [here.open({ now }).once("a"), here.open({ now }).once("a")];
    expect(await other.isSpent("x", start + minute)).toBe(false);
    expect(await one.spend("x", start + minute)).toBe(true);
    for (const each of [one, other]) {
      expect(await each.isSpent("x", start + minute)).toBe(true);
      expect(await each.spend("x", start + minute)).toBe(false);
    }
  });

  test("is granted to one of many processes at the same moment", async () => {
    await using here = await openPlace(place);
    const all = Array.from({ length: 8 }, () => here.open({ now }).once("a"));
    for (let round = 0; round < 20; round += 1) {
      const tries = all.flatMap((each) => [each, each]).map((each) => each.spend(`${round}`, start + minute));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    }
  });

  test("is another's in another room", async () => {
    await using here = await openPlace(place);
    const state = here.open({ now });
    expect(await state.once("a").spend("x", start + minute)).toBe(true);
    expect(await state.once("b").isSpent("x", start + minute)).toBe(false);
    expect(await state.once("b").spend("x", start + minute)).toBe(true);
  });

  test("is granted to nobody when it is too late, whatever has been forgotten by then", async () => {
    await using here = await openPlace(place);
    let at = start;
    const once = () => here.open({ now: () => new Date(at) }).once("a");
    expect(await once().spend("a", start)).toBe(false);
    expect(await once().spend("b", start + minute)).toBe(true);
    for (const later of [minute, 10 * minute, 100 * minute]) {
      at = start + later;
      expect(await once().spend(`other ${later}`, at + minute)).toBe(true);
      expect(await once().spend("b", start + minute)).toBe(false);
    }
  });

  test.each(["", "../../x", "a\0b", "x".repeat(10_000), "ü", "'; drop table spent; --"])(
    "takes any id: %j",
    async (id) => {
      await using here = await openPlace(place);
      const once = here.open({ now }).once("a");
      expect(await once.spend(id, start + minute)).toBe(true);
      expect(await once.spend(id, start + minute)).toBe(false);
    },
  );
});

describePlaces("records", (place) => {
  const open = (here: Awaited<ReturnType<typeof openPlace>>, room = "words") =>
    here.open().records(room, Word, ["value"]);

  test("are read by every process as they were last written", async () => {
    await using here = await openPlace(place);
    const [one, other] = [open(here), open(here)];
    expect(await other.read("a")).toBeUndefined();
    expect(await other.list()).toEqual([]);
    await one.write("a", { word: "ä", count: 1, value: "secret" });
    expect(await other.read("a")).toEqual({ word: "ä", count: 1, value: "secret" });
    await other.write("a", { word: "ä", count: 2 });
    expect(await one.read("a")).toEqual({ word: "ä", count: 2 });
    await one.write("A-b_1", { word: "b", count: 3 });
    expect((await other.list()).map(({ word }) => word)).toEqual(["b", "ä"]);
    expect(await open(here, "others").list()).toEqual([]);
  });

  test("of what was never written and of no name are told apart", async () => {
    await using here = await openPlace(place);
    for (const name of ["", "../a", "a/b", "a.json", "a\0"]) {
      await expect(open(here).read(name)).rejects.toThrow(RangeError);
      await expect(open(here).write(name, { word: "", count: 0 })).rejects.toThrow(RangeError);
    }
  });

  test("of another form are told of, and keep nobody from the others", async () => {
    await using here = await openPlace(place);
    await here
      .open()
      .records("words", z.object({ what: z.string() }))
      .write("odd", { what: "else" });
    await open(here).write("fine", { word: "a", count: 1 });
    await expect(open(here).read("odd")).rejects.toMatchObject({ code: "file_unreadable" });
    await expect(open(here).list()).rejects.toMatchObject({ code: "file_unreadable" });
    const skipped: string[] = [];
    const found = await open(here).list(({ code }) => skipped.push(code));
    expect([found.map(({ word }) => word), skipped]).toEqual([["a"], ["file_unreadable"]]);
  });

  test("are changed by one at a time, of however many processes", async () => {
    await using here = await openPlace(place);
    await open(here).write("sum", { word: "sum", count: 0 });
    let inside = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const records = open(here);
        await records.locked("sum", 20_000, async () => {
          inside += 1;
          const before = await records.read("sum");
          await records.write("sum", { word: "sum", count: (before?.count ?? 0) + 1 });
          expect(inside).toBe(1);
          inside -= 1;
        });
      }),
    );
    expect(await open(here).read("sum")).toMatchObject({ count: 12 });
  });

  test("are not waited for longer than is said, and free when the one before has failed", async () => {
    await using here = await openPlace(place);
    const failing = open(here).locked("a", 1000, async () => {
      await expect(open(here).locked("a", 50, async () => "in")).rejects.toMatchObject({
        code: "file_locked",
      });
      expect(await open(here).locked("b", 1000, async () => "in")).toBe("in");
      throw new Error("of the one before");
    });
    await expect(failing).rejects.toThrow("of the one before");
    expect(await open(here).locked("a", 1000, async () => "in")).toBe("in");
  });
});

describePlaces("lines", (place) => {
  const open = (here: Awaited<ReturnType<typeof openPlace>>, most = 1000, room = "words") =>
    here.open().lines(room, Word, most);

  test("are read by what they mention, by every process, the oldest first", async () => {
    await using here = await openPlace(place);
    const [one, other] = [open(here), open(here)];
    expect(await other.mentioning("a")).toEqual([]);
    for (const [count, word] of ["ab", "b", "bc%", "_"].entries())
      await (count % 2 ? one : other).append({ word, count });
    expect((await one.mentioning('"b')).map(({ word }) => word)).toEqual(["b", "bc%"]);
    expect((await other.mentioning("%")).map(({ word }) => word)).toEqual(["bc%"]);
    expect((await other.mentioning("_")).map(({ word }) => word)).toEqual(["_"]);
    expect(await open(here, 1000, "others").mentioning("b")).toEqual([]);
  });

  test("are dropped, the oldest first, when there are more than twice as many as are kept", async () => {
    await using here = await openPlace(place);
    const lines = open(here, 10);
    for (let count = 1; count <= 20; count += 1) await lines.append({ word: "w", count });
    expect(await lines.mentioning("w")).toHaveLength(20);
    await open(here, 10, "others").append({ word: "w", count: 0 });
    await lines.append({ word: "w", count: 21 });
    expect((await lines.mentioning("w")).map(({ count }) => count)).toEqual(
      Array.from({ length: 10 }, (_, at) => at + 12),
    );
    expect(await open(here, 10, "others").mentioning("w")).toHaveLength(1);
  });

  test("are all kept where all are wanted", async () => {
    await using here = await openPlace(place);
    const lines = open(here, Number.POSITIVE_INFINITY);
    await Promise.all(Array.from({ length: 30 }, (_, count) => lines.append({ word: "w", count })));
    expect(await lines.mentioning("w")).toHaveLength(30);
  });

  test("that several append at once are all there", async () => {
    await using here = await openPlace(place);
    const writers = Array.from({ length: 5 }, () => open(here));
    await Promise.all(writers.map((lines, count) => lines.append({ word: "w", count })));
    await pause(0);
    const found = await open(here).mentioning("w");
    expect(found.map(({ count }) => count).sort()).toEqual([0, 1, 2, 3, 4]);
  });
});
