/**
 * What introspection is measured against: one hono route that answers the same from memory, and knows nobody. Its input is a
 * line of JSON with the path, the token and the answer; it prints its address, and ends with its input.
 */
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

createInterface({ input: process.stdin })
  .on("close", () => process.exit())
  .on("line", (line) => {
    const { path, token, answer } = JSON.parse(line) as {
      path: string;
      token: string;
      answer: { active: boolean };
    };
    const app = new Hono().post(path, async (c) => {
      const { token: asked } = (await c.req.json()) as { token: string };
      return c.json(asked === token ? answer : { active: false });
    });
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, () => {
      const { port } = server.address() as AddressInfo;
      process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
    });
  });
