import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDoor } from "../../src/registry/door.ts";
import { managementRoom } from "../../src/registry/management/index.ts";
import { Blobs } from "../../src/registry/store/blobs.ts";
import { startRegistry } from "../support/registry.ts";
import { openStore } from "../support/store.ts";

interface Operation {
  method: string;
  path: string;
  statuses: number[];
}

/** What openapi/fly.yaml promises. The file's indentation is part of its style, and enough to read this much of it. */
async function contract(): Promise<Operation[]> {
  const operations: Operation[] = [];
  let path = "";
  for (const line of (await readFile(join(import.meta.dirname, "../../openapi/fly.yaml"), "utf8")).split(
    "\n",
  )) {
    path = /^ {2}(\/\S*):$/.exec(line)?.[1] ?? path;
    const method = /^ {4}(get|post|put|delete):$/.exec(line)?.[1];
    if (method) operations.push({ method: method.toUpperCase(), path, statuses: [] });
    const status = /^ {8}"(\d{3})":/.exec(line)?.[1];
    if (status) operations.at(-1)?.statuses.push(Number(status));
  }
  return operations;
}

test("what is served is what the contract has, no more and no less", async () => {
  const db = await openStore();
  const now = () => new Date();
  const upstream = async () => undefined;
  const deps = {
    db,
    blobs: new Blobs("/nowhere"),
    door: openDoor(db, now, new WeakMap()),
    now,
    origin: () => "",
    upstream,
  };
  const served = managementRoom(deps)
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  expect(served.sort()).toEqual((await contract()).map(({ method, path }) => `${method} ${path}`).sort());
  await db.destroy();
});

test("every operation refuses in the ways that the contract names", async () => {
  await using registry = await startRegistry();
  const ann = await registry.addUser("ann");
  const { value } = await registry.mint();
  for (const { method, path, statuses } of await contract()) {
    const address = path.replace(/\{\w+\}/g, "npm");
    for (const key of [registry.adminKey, ann, value, "nonsense"]) {
      for (const body of [undefined, {}, { unknown: "x".repeat(70_000) }]) {
        if (method === "GET" && body) continue;
        const response = await registry.call(method, address, body, key);
        expect([method, path, statuses]).toEqual([method, path, expect.arrayContaining([response.status])]);
        if (response.ok) continue;
        expect(await response.json()).toEqual({
          error: { code: expect.stringMatching(/^[a-z_]+$/), message: expect.any(String) },
        });
      }
    }
  }
});
