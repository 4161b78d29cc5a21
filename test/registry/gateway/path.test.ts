import { connect } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { askedBelow } from "../../../src/registry/gateway/path.ts";
import { Secret } from "../../../src/secret.ts";
import { startRegistry } from "../../support/registry.ts";
import { mount } from "../npm/client.ts";
import { startUpstream } from "./fake-upstream.ts";

test.each([
  ["/tool", "/tool"],
  ["/@acme%2ftool", "/@acme%2ftool"],
  ["/@acme%2Ftool", "/@acme%2ftool"],
  ["/%40acme/tool", "/@acme/tool"],
  ["/@acme/tool/-/tool-1.0.0+a.tgz", "/@acme/tool/-/tool-1.0.0+a.tgz"],
  ["/simple/fly-hello/", "/simple/fly-hello/"],
  ["/a%20b", "/a%20b"],
  ["/%2d/user", "/-/user"],
  ["", ""],
])("%s is sent on as %s", (path, sent) => {
  expect(askedBelow(path)?.path).toBe(sent);
});

test.each([
  "tool",
  "//evil.example/x",
  "/a//b",
  "/.",
  "/..",
  "/a/../b",
  "/%2e%2e/b",
  "/..%2fb",
  "/a%2fb",
  "/@a%2f..",
  "/@a%2f..%2fb",
  "/@%2fb",
  "/%2fa",
  "/a%252fb",
  "/%252e%252e/b",
  "/a%5c..%5cb",
  "/..;/b",
  "/a%00",
  "/a%0d%0ab",
  "/%zz",
  "/%ff",
])("%s is sent nowhere", (path) => {
  expect(askedBelow(path)).toBeUndefined();
});

test("whatever is sent on stays below the base, however it is decoded, and means what was judged", () => {
  const piece = fc.constantFrom(
    "/",
    ".",
    "..",
    "%2e",
    "%2f",
    "%5c",
    "%25",
    "@",
    "a",
    "-",
    ";",
    "\\",
    "%",
    "é",
    "?",
    "#",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const asked = askedBelow(`/${pieces.join("")}`);
      if (!asked) return;
      for (const read of [asked.path, decodeURIComponent(asked.path)]) {
        const { host, pathname } = new URL(`http://upstream/base${read.replace(/[?#]/g, "_")}`);
        expect(host).toBe("upstream");
        expect(pathname.startsWith("/base/")).toBe(true);
      }
      expect(asked.path.slice(1).split("/").map(decodeURIComponent)).toEqual(asked.segments);
    }),
    { numRuns: 2000 },
  );
});

test("over the wire: other hosts and ways out lead nowhere else than to the upstream's base", async () => {
  await using upstream = await startUpstream();
  const npm = new Secret(`http://${upstream.host}/base`);
  await using registry = await startRegistry({ gateway: { upstreams: { npm } } });
  const { value } = await registry.mint();
  const { port } = new URL(registry.url);
  const send = (start: string, more = "") =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1");
      let said = "";
      socket.on("data", (data) => {
        said += data;
      });
      socket.on("close", () => resolve(said.split("\r\n")[0] ?? ""));
      socket.write(
        `${start} HTTP/1.1\r\nhost: evil.example\r\nauthorization: Bearer ${value}\r\nconnection: close\r\n${more}\r\n`,
      );
    });
  expect(await send(`GET ${mount}/tool`)).toContain("200");
  expect(await send(`GET http://elsewhere.example${mount}/tool`)).toContain("200");
  expect(upstream.seen.splice(0).map(({ url, headers }) => `${headers.host}${url}`)).toEqual(
    Array(2).fill(`${upstream.host}/base/tool`),
  );
  for (const path of [
    `${mount}/../../../../admin`,
    `${mount}/%2e%2e/admin`,
    `${mount}//elsewhere.example/x`,
    `${mount}/..%2fadmin`,
  ])
    expect(await send(`GET ${path}`), path).toContain("404");
  expect(
    await send(`GET ${mount}/tool`, "x: 1\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n"),
  ).toContain("400");
  expect(await send(`PUT ${mount}/tool`, "content-length: 4\r\ncontent-length: 5\r\n")).toContain("400");
  expect(await send("CONNECT elsewhere.example:443")).not.toContain("200");
  expect(upstream.seen).toEqual([]);
});
