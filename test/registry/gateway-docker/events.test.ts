import { beforeAll, describe, expect, it } from "vitest";
import { startRegistry } from "../../support/registry.ts";
import { describeStores, postgresUrl } from "../../support/store.ts";
import { type Made, make } from "./certificates.ts";
import { bearer, digestOf, type event, eventsType, imageType, indexType, openReported } from "./reports.ts";

let made: Made;
beforeAll(async () => {
  made = await make();
});

const list = "application/vnd.docker.distribution.manifest.list.v2+json";
const before = (seconds: number) => new Date(Date.now() - seconds * 1000);

describeStores("what the docker registry reports", (store) => {
  const open = () => openReported(made, store === "PostgreSQL" ? { database: postgresUrl() } : {});

  it("makes deployments, what runs, and drift: pushes and pulls by the names that it has", async () => {
    await using gateway = await open();
    const { pushed, pulled, report, production } = gateway;
    expect(await report(pushed({ tag: "1.0" }))).toBe(1);
    expect(await report(pulled({ tag: "1.0" }))).toBe(1);
    expect(await gateway.deployments()).toMatchObject([
      { image: "hello", tag: "1.0", digest: digestOf("1.0"), token_id: production.id },
    ]);
    expect(await gateway.running()).toMatchObject([{ image: "hello", tag: "1.0" }]);
    await report(pushed({ tag: "2.0", digest: digestOf("2.0") }));
    expect(await gateway.drift()).toEqual([
      { image: "hello", running: digestOf("1.0"), latest: digestOf("2.0"), behind: 1 },
    ]);
  });

  it("counts once, however often it is sent, also within a batch and at the same time", async () => {
    await using gateway = await open();
    const { pulled, pushed, report } = gateway;
    const [pull, push] = [pulled({ tag: "1.0" }), pushed({ tag: "1.0" })];
    const counts = await Promise.all([
      report(push, pull),
      report(pull, push),
      report(pull),
      report(pull, pull),
    ]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
    expect(await report(pull)).toBe(0);
    expect(await gateway.deployments()).toHaveLength(1);
  });

  it("is taken in its order, a batch as a whole", async () => {
    await using gateway = await open();
    const { pulled, pushed, report } = gateway;
    const versions = ["1.0", "2.0", "3.0"].map((tag) => ({ tag, digest: digestOf(tag) }));
    await report(...versions.flatMap((version) => [pushed(version), pulled(version)]));
    expect((await gateway.deployments()).map(({ tag }) => tag)).toEqual(["3.0", "2.0", "1.0"]);
    expect(await gateway.drift()).toMatchObject([{ running: digestOf("3.0"), behind: 0 }]);
  });

  it("knows what an index lists, from its push or its pull: the platform's manifest is part of the same pull", async () => {
    await using gateway = await open();
    const { pulled, pushed, report } = gateway;
    const [index, child] = [digestOf("index"), digestOf("arm64")];
    const references = [{ mediaType: imageType, digest: child }];
    await report(pushed({ tag: "1.0", digest: index, type: indexType, references }));
    await report(pulled({ tag: "1.0", digest: index, type: indexType }), pulled({ digest: child }));
    const other = { repository: "other", type: list, digest: digestOf("list") };
    await report(
      pulled({ ...other, tag: "1.0", references }),
      pulled({ repository: "other", digest: child }),
    );
    expect((await gateway.deployments()).map(({ image, digest }) => [image, digest])).toEqual([
      ["other", digestOf("list")],
      ["hello", index],
    ]);
    // Whoever runs the platform's manifest is as new as the index.
    await report(pulled({ digest: child, at: new Date() }));
    expect(await gateway.drift()).toMatchObject([{ behind: 0 }]);
  });

  it("is two deployments where the registry does not say what an index lists, or a minute lies between", async () => {
    await using gateway = await open();
    const { pulled, report } = gateway;
    await report(
      pulled({ tag: "1.0", digest: digestOf("index"), type: indexType }),
      pulled({ digest: digestOf("a") }),
    );
    expect(await gateway.deployments()).toHaveLength(2);
    const references = [{ mediaType: imageType, digest: digestOf("b") }];
    const index = { tag: "2.0", digest: digestOf("late"), type: indexType, references };
    await report(pulled({ ...index, at: before(120) }), pulled({ digest: digestOf("b"), at: before(30) }));
    expect(await gateway.deployments()).toHaveLength(4);
  });

  it("of a HEAD is no pull, and says which tag a pull by digest was meant for", async () => {
    await using gateway = await open();
    const { pulled, report } = gateway;
    await report(pulled({ tag: "1.0", method: "HEAD" }));
    expect(await gateway.deployments()).toEqual([]);
    await report(pulled());
    expect(await gateway.deployments()).toMatchObject([{ tag: "1.0" }]);
  });

  it("carries the time at which it happened, never one in the future", async () => {
    await using gateway = await open();
    const { pulled, report } = gateway;
    const then = before(3600);
    await report(pulled({ tag: "1.0", at: then }));
    expect(await gateway.deployments()).toMatchObject([{ at: then.toISOString() }]);
    await report(pulled({ tag: "1.0", at: before(-3600) }));
    const [{ at } = { at: "" }] = await gateway.deployments();
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
  });

  it("still counts when the token has been revoked meanwhile, and no longer when it has been deleted", async () => {
    await using gateway = await open();
    const { pulled, report, registry, production } = gateway;
    await registry.call("POST", `/tokens/${production.id}/revoke`);
    expect(await report(pulled({ tag: "1.0" }))).toBe(1);
    expect((await registry.call("DELETE", `/tokens/${production.id}`)).status).toBe(204);
    expect(await report(pulled({ tag: "1.0" }))).toBe(0);
  });
});

describe("what is none of our business", () => {
  it.each<[string, Parameters<typeof event>[0]]>([
    ["a blob", { type: "application/octet-stream" }],
    ["a media type of somebody else's", { type: "application/vnd.example+json" }],
    ["an unknown actor", { actor: "tok_00000000000000000000" }],
    ["nobody", { actor: "" }],
    ["a deletion", { action: "delete" }],
    ["a mount", { action: "mount" }],
    ["an action that there is not yet", { action: "admire" }],
    ["a repository that cannot be", { repository: "../UPPER" }],
    ["a digest that cannot be", { digest: "sha256:short" }],
    ["a tag that cannot be", { tag: "a b" }],
    ["an id beyond measure", { id: "x".repeat(200) }],
    ["an id that no database takes", { id: "a\u0000b" }],
    ["an actor whom no database takes", { actor: "tok_\u0000" }],
  ])("is answered and ignored: %s", async (_what, told) => {
    await using gateway = await openReported(made);
    expect(await gateway.report(gateway.pulled({ tag: "1.0", ...told }))).toBe(0);
    expect(await gateway.deployments()).toEqual([]);
  });

  it("does not keep back what comes with it", async () => {
    await using gateway = await openReported(made);
    expect(
      await gateway.report(
        {},
        { id: 7 },
        gateway.pulled({ tag: "1.0" }),
        gateway.pushed({ action: "delete" }),
      ),
    ).toBe(1);
    expect(await gateway.report()).toBe(0);
    const response = await gateway.send(JSON.stringify({ events: [null, "x", 1] }));
    expect(await response.json()).toEqual({ recorded: 0, ignored: 3 });
  });

  it("is what is done with a token without an environment, but for pushes", async () => {
    await using gateway = await openReported(made);
    await gateway.report(gateway.pulled({ tag: "1.0", actor: gateway.writer.id }));
    expect(await gateway.deployments()).toEqual([]);
  });
});

describe("who may report", () => {
  it.each([
    ["nothing", ""],
    ["another bearer", "Bearer another-bearer-for-the-events"],
    ["a bearer that begins alike", `Bearer ${bearer.slice(0, -1)}`],
    ["a longer one", `Bearer ${bearer}x`],
    ["Basic", `Basic ${Buffer.from(`x:${bearer}`).toString("base64")}`],
    ["an empty bearer", "Bearer "],
  ])("not who brings %s", async (_what, authorization) => {
    await using gateway = await openReported(made);
    const response = await gateway.send(JSON.stringify({ events: [gateway.pulled({ tag: "1.0" })] }), {
      authorization,
    });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="fly-tokens"');
    expect(await gateway.deployments()).toEqual([]);
  });

  it("not who has a token, or an admin's key; and the bearer opens nothing else", async () => {
    await using gateway = await openReported(made);
    const { value } = await gateway.registry.mint();
    for (const wrong of [gateway.registry.adminKey, value])
      expect((await gateway.send("{}", { authorization: `Bearer ${wrong}` })).status).toBe(401);
    for (const path of ["/fly/api/v1/tokens", "/v2/"]) {
      const headers = { authorization: `Bearer ${bearer}` };
      expect((await gateway.registry.fetch(path, { headers })).status).toBe(401);
    }
  });

  it("nobody, where no bearer is set, or no docker registry is behind", async () => {
    await using registry = await startRegistry();
    const headers = { authorization: `Bearer ${bearer}`, "content-type": eventsType };
    const response = await registry.fetch("/fly/api/v1/gateway/docker/events", {
      method: "POST",
      body: "{}",
      headers,
    });
    expect(response.status).toBe(404);
  });

  it("never sees the bearer in the log", async () => {
    await using gateway = await openReported(made);
    await gateway.report();
    expect(JSON.stringify(gateway.registry.log)).toContain("/gateway/docker/events");
    expect(JSON.stringify(gateway.registry.log)).not.toContain(bearer);
  });
});

describe("a report that is none", () => {
  it.each([
    ["no JSON", "{", {}, 400],
    ["no envelope", "[]", {}, 400],
    ["another envelope", '{"events":{}}', {}, 400],
    ["another type", '{"events":[]}', { "content-type": "application/json" }, 415],
    ["more than 16 MiB", `{"events":["${"x".repeat(17 * 1024 ** 2)}"]}`, {}, 413],
  ])("is refused: %s", async (_what, body, headers, status) => {
    await using gateway = await openReported(made);
    const response = await gateway.send(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } });
  });

  it("may say the charset of its type", async () => {
    await using gateway = await openReported(made);
    const type = { "content-type": `${eventsType}; charset=utf-8` };
    expect((await gateway.send('{"events":[]}', type)).status).toBe(200);
  });
});
