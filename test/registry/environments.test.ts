import { describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const at = (minute: number) => Date.parse("2026-11-22T12:00:00Z") + minute * 60_000;
const iso = (minute: number) => new Date(at(minute)).toISOString();

interface Pull {
  image?: string;
  tag?: string | null;
  digest: string;
  minute: number;
  environment?: string;
}

/** Writes what pulls and pushes leave behind. */
async function record(
  registry: TestRegistry,
  {
    pulls = [],
    pushes = [],
    children = [],
  }: { pulls?: Pull[]; pushes?: Pull[]; children?: [string, string][] },
) {
  const db = await registry.openDatabase();
  for (const { image = "app", tag = "latest", digest, minute, environment = "production" } of pulls) {
    await db
      .insertInto("pulls")
      .values({ environment, image, tag, digest, at: at(minute), token_id: "tok_1" })
      .execute();
  }
  for (const { image = "app", tag = "latest", digest, minute } of pushes) {
    await db
      .insertInto("oci_pushes")
      .values({ repository: image, tag, digest, at: at(minute), token_id: "tok_1" })
      .execute();
  }
  for (const [parent, child] of children)
    await db.insertInto("oci_children").values({ repository: "app", parent, child }).execute();
  await db.destroy();
}

async function withProduction(): Promise<TestRegistry> {
  const registry = await startRegistry({ now: () => new Date(at(0)) });
  await registry.call("POST", "/environments", { name: "production" });
  return registry;
}

async function drift(registry: TestRegistry): Promise<unknown> {
  return ((await (await registry.call("GET", "/environments/production/drift")).json()) as { drift: unknown })
    .drift;
}

describe("environments", () => {
  test("are made by anyone who has a key, listed by name, and shown with their active tokens", async () => {
    await using registry = await startRegistry({ now: () => new Date(at(0)) });
    const ann = await registry.addUser("ann");
    const made = await registry.call(
      "POST",
      "/environments",
      { name: "staging", description: "before production" },
      ann,
    );
    expect(made.status).toBe(201);
    const staging = {
      name: "staging",
      description: "before production",
      created_by: "ann",
      created_at: iso(0),
      tokens: 0,
    };
    expect(await made.json()).toEqual(staging);
    await registry.call("POST", "/environments", { name: "production" });
    await registry.mint({ environment: "staging" });
    const { token } = await registry.mint({ environment: "staging" });
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect(await (await registry.call("GET", "/environments", undefined, ann)).json()).toEqual({
      environments: [
        expect.objectContaining({ name: "production", description: "" }),
        { ...staging, tokens: 1 },
      ],
    });
    expect(await (await registry.call("GET", "/environments/staging")).json()).toEqual({
      ...staging,
      tokens: 1,
    });
  });

  test.each(["", "Production", "a_b", "a b", "../etc", "ä", "x".repeat(64)])(
    "are not called %j",
    async (name) => {
      await using registry = await startRegistry();
      expect((await registry.call("POST", "/environments", { name })).status).toBe(400);
    },
  );

  test("have different names", async () => {
    await using registry = await withProduction();
    expect((await registry.call("POST", "/environments", { name: "production" })).status).toBe(409);
  });

  test("that do not exist are not found, whatever one asks of them", async () => {
    await using registry = await startRegistry();
    for (const path of ["", "/running", "/drift", "/deployments"]) {
      expect((await registry.call("GET", `/environments/nowhere${path}`)).status).toBe(404);
    }
    expect((await registry.call("DELETE", "/environments/nowhere")).status).toBe(404);
  });

  test("are deleted by an admin when no active token belongs to them; their history goes, their old tokens stay", async () => {
    await using registry = await withProduction();
    const ann = await registry.addUser("ann");
    const { token } = await registry.mint({ environment: "production" });
    await record(registry, { pulls: [{ digest: "sha256:a", minute: 0 }] });
    expect((await registry.call("DELETE", "/environments/production", undefined, ann)).status).toBe(403);
    expect((await registry.call("DELETE", "/environments/production")).status).toBe(409);
    await registry.call("POST", `/tokens/${token.id}/revoke`);
    expect((await registry.call("DELETE", "/environments/production")).status).toBe(204);
    expect(await (await registry.call("GET", `/tokens/${token.id}`)).json()).not.toHaveProperty(
      "environment",
    );
    await registry.call("POST", "/environments", { name: "production" });
    expect(await (await registry.call("GET", "/environments/production/running")).json()).toEqual({
      running: [],
    });
  });
});

describe("what runs", () => {
  test("is the newest pull of each image, since nothing else was pulled", async () => {
    await using registry = await withProduction();
    await registry.call("POST", "/environments", { name: "staging" });
    await record(registry, {
      pulls: [
        { digest: "sha256:1", minute: 1, tag: "1" },
        { digest: "sha256:2", minute: 2, tag: "2" },
        { digest: "sha256:1", minute: 3, tag: "1" },
        { digest: "sha256:1", minute: 4, tag: null },
        { digest: "sha256:w", minute: 2, image: "worker", tag: "stable" },
        { digest: "sha256:9", minute: 5, environment: "staging" },
      ],
    });
    expect(await (await registry.call("GET", "/environments/production/running")).json()).toEqual({
      running: [
        { image: "app", digest: "sha256:1", since: iso(3) },
        { image: "worker", tag: "stable", digest: "sha256:w", since: iso(2) },
      ],
    });
  });
});

describe("history", () => {
  test("comes newest first, in pages, of this environment only", async () => {
    await using registry = await withProduction();
    const pulls = Array.from({ length: 5 }, (_, minute) => ({ digest: `sha256:${minute}`, minute }));
    await record(registry, { pulls: [...pulls, { digest: "sha256:x", minute: 9, environment: "staging" }] });
    const page = async (query: string) =>
      (await (await registry.call("GET", `/environments/production/deployments${query}`)).json()) as {
        deployments: { digest: string }[];
        next_cursor?: string;
      };
    const first = await page("?limit=3");
    expect(first.deployments[0]).toEqual({
      image: "app",
      tag: "latest",
      digest: "sha256:4",
      at: iso(4),
      token_id: "tok_1",
    });
    expect(first.deployments).toHaveLength(3);
    const second = await page(`?limit=3&cursor=${first.next_cursor}`);
    expect(second).toEqual({
      deployments: [
        expect.objectContaining({ digest: "sha256:1" }),
        expect.objectContaining({ digest: "sha256:0" }),
      ],
    });
    for (const query of ["?limit=0", "?limit=201", "?limit=x", "?cursor=x", "?offset=3"]) {
      expect((await registry.call("GET", `/environments/production/deployments${query}`)).status).toBe(400);
    }
  });
});

describe("drift", () => {
  test("counts the digests that were pushed by tag since what runs was pushed", async () => {
    await using registry = await withProduction();
    await record(registry, {
      pulls: [{ digest: "sha256:1", minute: 2 }],
      pushes: [
        { digest: "sha256:0", minute: 0 },
        { digest: "sha256:1", minute: 1 },
        { digest: "sha256:part", minute: 2, tag: null },
        { digest: "sha256:2", minute: 3, tag: "2" },
        { digest: "sha256:2", minute: 3, tag: "latest" },
        { digest: "sha256:3", minute: 4 },
        { digest: "sha256:other", minute: 5, image: "worker" },
      ],
    });
    expect(await drift(registry)).toEqual([
      { image: "app", running: "sha256:1", latest: "sha256:3", behind: 2 },
    ]);
  });

  test("is nothing when the newest runs, also after a tag went back to it", async () => {
    await using registry = await withProduction();
    const pushes = [1, 2, 1].map((digest, minute) => ({ digest: `sha256:${digest}`, minute }));
    await record(registry, { pulls: [{ digest: "sha256:1", minute: 3 }], pushes });
    expect(await drift(registry)).toEqual([
      { image: "app", running: "sha256:1", latest: "sha256:1", behind: 0 },
    ]);
  });

  test("of one platform's manifest is that of the index that lists it", async () => {
    await using registry = await withProduction();
    await record(registry, {
      pulls: [{ digest: "sha256:arm", minute: 3, tag: null }],
      pushes: [
        { digest: "sha256:arm", minute: 0, tag: null },
        { digest: "sha256:index", minute: 1 },
        { digest: "sha256:next", minute: 2 },
      ],
      children: [["sha256:index", "sha256:arm"]],
    });
    expect(await drift(registry)).toEqual([
      { image: "app", running: "sha256:arm", latest: "sha256:next", behind: 1 },
    ]);
  });

  test("is not said of an image of which nothing was pushed here by tag", async () => {
    await using registry = await withProduction();
    await record(registry, {
      pulls: [{ digest: "sha256:1", minute: 1 }],
      pushes: [{ digest: "sha256:1", minute: 0, tag: null }],
    });
    expect(await drift(registry)).toEqual([]);
  });
});
