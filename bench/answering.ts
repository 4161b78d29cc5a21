/**
 * What the introspection benchmark asks: with the argument `registry` the local registry, with `bare` one hono route
 * that answers the same from memory. Prints its port and the request, as JSON; ends with its input.
 */
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { serveRegistry } from "../src/registry/serve.ts";

const path = "/fly/api/v1/introspect";
const folder = await mkdtemp(join(tmpdir(), "fly-tokens-bench-"));
const served = await serveRegistry({ folder, port: 0, log: () => {} });
const headers = {
  authorization: `Bearer ${await served.registry.adminKey()}`,
  "content-type": "application/json",
};
const ask = async (to: string, body: object) =>
  (await fetch(served.url + to, { method: "POST", headers, body: JSON.stringify(body) })).json();
const minted = await ask("/fly/api/v1/tokens", { name: "bench", permission: "read_only", expires_at: null });
const { value: token } = minted as { value: string };
const answer = (await ask(path, { token })) as { active: boolean };

let port = Number(new URL(served.url).port);
if (process.argv[2] === "bare") {
  const app = new Hono().post(path, async (c) => {
    const { token: asked } = (await c.req.json()) as { token: string };
    return c.json(asked === token ? answer : { active: false });
  });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  ({ port } = server.address() as AddressInfo);
}

const body = JSON.stringify({ token });
const head = [
  `POST ${path} HTTP/1.1`,
  "host: 127.0.0.1",
  ...Object.entries({ ...headers, "content-length": body.length }).map(([name, text]) => `${name}: ${text}`),
];
process.stdout.write(`${JSON.stringify({ port, request: `${head.join("\r\n")}\r\n\r\n${body}` })}\n`);
process.stdin.resume().on("end", async () => {
  await rm(folder, { recursive: true });
  process.exit();
});
