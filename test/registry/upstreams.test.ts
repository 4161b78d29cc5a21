import { describe, expect, test } from "vitest";
import { checkUpstream } from "../../src/registry/upstreams.ts";
import { startRegistry } from "../support/registry.ts";

const own = new URL("http://127.0.0.1:7411/fly/api/v1/upstreams/npm");

describe("an upstream", () => {
  test("is kept without a slash at its end", () => {
    expect(checkUpstream("https://registry.example/npm//", own)).toBe("https://registry.example/npm");
    expect(checkUpstream("http://127.0.0.1:4873", own)).toBe("http://127.0.0.1:4873");
  });

  test.each([
    "registry.example",
    "ftp://registry.example",
    "javascript:alert(1)",
    "https://user@registry.example",
    "https://user:secret@registry.example",
    "https://:secret@registry.example",
    "https://registry.example/?token=x",
    "https://registry.example/#x",
    "http://127.0.0.1:7411/artifactory/api/npm/npm/",
    "http://localhost:7411",
    "http://LOCALHOST.:7411",
    "http://127.1:7411",
    "http://0x7f000001:7411",
    "http://127.9.9.9:7411",
    "http://[::1]:7411",
    "http://[::ffff:127.0.0.1]:7411",
    "http://0.0.0.0:7411",
    "https://localhost:7411",
  ])("is not %s", (url) => {
    expect(() => checkUpstream(url, own)).toThrow(expect.objectContaining({ status: 400 }));
  });

  test("is set by an admin, counts before the default, and stays", async () => {
    await using registry = await startRegistry({
      clientDefault: async (ecosystem) =>
        ecosystem === "npm" ? "https://default.example/npm/" : "https://default.example/simple",
    });
    const ann = await registry.addUser("ann");
    const list = async () => (await registry.call("GET", "/upstreams", undefined, ann)).json();
    expect(await list()).toEqual({
      upstreams: [
        { ecosystem: "npm", url: "https://default.example/npm" },
        { ecosystem: "pypi", url: "https://default.example/simple" },
      ],
    });
    expect((await registry.call("PUT", "/upstreams/npm", { url: "https://other.example" }, ann)).status).toBe(
      403,
    );
    for (const url of ["https://registry.example/", "https://registry.example/npm/"]) {
      const response = await registry.call("PUT", "/upstreams/npm", { url });
      expect(await response.json()).toEqual({ ecosystem: "npm", url: url.slice(0, -1) });
    }
    expect(await list()).toMatchObject({
      upstreams: [{ url: "https://registry.example/npm" }, { url: "https://default.example/simple" }],
    });
  });

  test("is refused for an ecosystem that has none, and when it is this registry", async () => {
    await using registry = await startRegistry();
    expect(
      (await registry.call("PUT", "/upstreams/docker", { url: "https://registry.example" })).status,
    ).toBe(404);
    expect(
      (await registry.call("PUT", "/upstreams/npm", { url: `${registry.url}/artifactory/api/npm/npm` }))
        .status,
    ).toBe(400);
    expect(await (await registry.call("GET", "/upstreams")).json()).toEqual({ upstreams: [] });
  });
});
