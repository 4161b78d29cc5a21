/** What is asked with every pull by digest, on each store: it costs the same however many pulls there have been. */
import { expect, test } from "vitest";
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
