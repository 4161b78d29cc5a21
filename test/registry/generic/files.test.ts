import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { fileClient, sum } from "../maven/client.ts";

let registry: TestRegistry;
let generic: ReturnType<typeof fileClient>;

beforeAll(async () => {
  let minute = 0;
  registry = await startRegistry({ now: () => new Date(Date.UTC(2026, 0, 1, 0, minute++)) });
  generic = fileClient(registry, (await registry.mint()).value, "/artifactory/api/generic");
  await generic.put("/app/1.10.0/app.zip", "ten");
  await generic.put("/app/1.9.0/app.zip", "nine");
  await generic.put("/app/1.10.0/notes.txt", "later");
});
afterAll(() => registry.close());

describe("a file", () => {
  test("comes back byte for byte, and its SHA-256 in a header", async () => {
    for (const method of ["GET", "HEAD"]) {
      const answer = await generic.send(method, "/app/1.9.0/app.zip");
      expect([answer.status, await answer.text()]).toEqual([200, method === "GET" ? "nine" : ""]);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "x-checksum-sha256": sum("sha256", "nine"),
        "content-type": "application/octet-stream",
        "content-length": "4",
      });
    }
  });

  test("is never replaced: the same bytes are no fault, others are refused", async () => {
    expect((await generic.put("/app/1.9.0/app.zip", "nine")).status).toBe(200);
    expect((await generic.put("/app/1.9.0/app.zip", "NINE")).status).toBe(409);
    expect(await (await generic.get("/app/1.9.0/app.zip")).text()).toBe("nine");
  });

  test("with a checksum's name is a file like any other", async () => {
    expect((await generic.put("/app/1.9.0/app.zip.sha256", "what the author wrote")).status).toBe(201);
    expect(await (await generic.get("/app/1.9.0/app.zip.sha256")).text()).toBe("what the author wrote");
    expect((await generic.get("/app/1.9.0/app.zip.md5")).status).toBe(404);
  });

  test("of a snapshot is not replaced either", async () => {
    await generic.put("/app/2-SNAPSHOT/app.zip", "a");
    expect((await generic.put("/app/2-SNAPSHOT/app.zip", "b")).status).toBe(409);
  });

  test.each(["/app", "/app/1.0", "/app/1.0/", "/app/1.0/folder/file", "/app//file", "/app/..%2f1/file", "/"])(
    "is not uploaded to %s",
    async (path) => {
      const answer = await generic.put(path, "x");
      expect([answer.status, await answer.text()]).toEqual([
        400,
        expect.stringContaining("NAME/VERSION/FILE"),
      ]);
    },
  );
});

describe("lists", () => {
  test("of the names, of a name's versions with the latest last, and of a version's files", async () => {
    await generic.put("/tool/1/tool", "x");
    expect(await (await generic.get("")).json()).toEqual({ names: ["app", "tool"] });
    const app = (await (await generic.get("/app")).json()) as { versions: { version: string }[] };
    expect(app.versions.map(({ version }) => version).slice(0, 2)).toEqual(["1.10.0", "1.9.0"]);
    expect(await (await generic.get("/app/1.10.0")).json()).toEqual({
      name: "app",
      version: "1.10.0",
      files: [
        {
          file: "app.zip",
          size: 3,
          sha256: sum("sha256", "ten"),
          uploaded_at: expect.stringMatching(/^2026-01-01T00:/),
          uploaded_by: "admin",
        },
        expect.objectContaining({ file: "notes.txt" }),
      ],
    });
  });

  test.each(["/ap", "/app%", "/APP", "/app/1", "/app/1.10", "/app/1.10.0/app", "/none", "/none/[LATEST]"])(
    "have nothing for %s",
    async (path) => {
      expect((await generic.get(path)).status).toBe(404);
    },
  );
});

describe("the version [LATEST]", () => {
  test.each(["[LATEST]", "[latest]", "%5BLatest%5D"])(
    "%s is read as the one that was begun last",
    async (word) => {
      await generic.put("/late/2.0/f", "two");
      await generic.put("/late/1.9.1/f", "one");
      await generic.put("/late/2.0/g", "g");
      expect(await (await generic.get(`/late/${word}/f`)).text()).toBe("one");
      expect((await generic.get(`/late/${word}/g`)).status).toBe(404);
      expect(await (await generic.get(`/late/${word}`)).json()).toMatchObject({ version: "1.9.1" });
    },
  );

  test("is not uploaded to", async () => {
    const answer = await generic.put("/late/[Latest]/f", "x");
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("name the version")]);
  });
});
