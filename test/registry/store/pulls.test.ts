/** What is asked of pulls again and again, on each store: it costs the same however many there have been. */
import { expect, test } from "vitest";
import { newestPulls, running } from "../../../src/registry/environments.ts";
import { wholesPulled } from "../../../src/registry/oci/pulls.ts";
import { planOf } from "../../support/plan.ts";
import { describeStores, openStore } from "../../support/store.ts";

describeStores("whether a pull is part of another", (store) => {
  test("is found by what the token has pulled lately, and by the part", async () => {
    const db = await openStore(store);
    const pull = { token_id: "t", environment: "e", image: "i", tag: null, digest: "d", at: 100_000 };
    const plan = await planOf(db, store, wholesPulled(pull).compile(db));
    await db.destroy();
    expect(plan.filter((line) => line.includes("pulls_recent"))).toHaveLength(1);
    expect(plan.filter((line) => line.includes("oci_children_child"))).toHaveLength(2);
  });
});

describeStores("what runs in an environment", (store) => {
  test("is found from image to image, without a group of all that was pulled", async () => {
    const db = await openStore(store);
    const pulls = ["b", "a", "b", "a", "C", "b"].map((image, at) => {
      const digest = image === "b" && at === 0 ? "old" : image;
      return { environment: "e", image, tag: null, digest, at, token_id: "t" };
    });
    await db
      .insertInto("pulls")
      .values([...pulls, { ...pulls[0], environment: "f" } as (typeof pulls)[0]])
      .execute();
    const plan = await planOf(db, store, newestPulls("e").compile(db));
    const found = await running(db, "e");
    await db.destroy();
    expect(found).toEqual(
      [
        ["C", 4],
        ["a", 1],
        ["b", 2],
      ].map(([image, since]) => ({ image, digest: image, since: new Date(Number(since)).toISOString() })),
    );
    expect(plan.join("\n")).toMatch(
      store === "SQLite"
        ? /COVERING INDEX pulls_image \(environment=\? AND image>\?\)/
        : /WorkTable Scan on images/,
    );
    expect(plan.join("\n")).not.toMatch(/GROUP BY|Group Key: .*\bimage\b/);
  });
});
