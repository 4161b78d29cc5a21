/** A connection that PostgreSQL ends at the worst moment: in the same packet as the answer to the first question on it. */
import { createServer, connect as dial, type Socket } from "node:net";
import { expect, inject, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { startRegistry } from "../../support/registry.ts";
import { postgresUrl } from "../../support/store.ts";

/** PostgreSQL's protocol, "ErrorResponse": the length counts itself, and not the letter before it. */
function fatal(): Buffer {
  const fields = Buffer.from(
    "SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0",
  );
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** Between the registry and PostgreSQL; ends connections that have just been found to be those of a primary. */
async function startWire({
  port,
  hostname,
}: URL): Promise<{ port: number; endsNew: boolean; ended: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = dial(Number(port), hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => [client, database].map((each) => each.destroy()));
    }
    client.pipe(database);
    database.on("data", (data) => {
      // "RowDescription", of the column that the answer has.
      if (!wire.endsNew || data[0] !== 0x54 || !data.includes("standby\0")) return client.write(data);
      wire.ended++;
      return client.end(Buffer.concat([data, fatal()]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const wire = { port: typeof address === "object" && address ? address.port : 0, endsNew: false, ended: 0 };
  return wire;
}

test.skipIf(inject("postgres") === undefined)(
  "connections that end as soon as they are there: 503, and the process lives on",
  async () => {
    const url = new URL(postgresUrl().reveal());
    const wire = await startWire(url);
    url.port = `${wire.port}`;
    await using registry = await startRegistry({ database: new Secret(url.href) });
    const faults: unknown[] = [];
    const note = (error: unknown) => faults.push(error);
    process.prependListener("uncaughtException", note);
    onTestFinished(() => void process.off("uncaughtException", note));
    wire.endsNew = true;
    const asked = Array.from({ length: 20 }, () => registry.call("GET", "/me"));
    const statuses = new Set((await Promise.all(asked)).map(({ status }) => status));
    expect(wire.ended).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    expect(statuses).toContain(503);
    wire.endsNew = false;
    expect((await registry.call("GET", "/me")).status).toBe(200);
  },
);
