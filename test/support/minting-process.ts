/** A process of its own that mints tokens in the folder it is given until it is killed; it prints the id of each one that was answered. */
import { openRegistry } from "../../src/registry/service.ts";

const registry = await openRegistry({ folder: process.argv[2] ?? "" });
const headers = { authorization: `Bearer ${await registry.adminKey()}`, "content-type": "application/json" };
for (;;) {
  const body = JSON.stringify({ name: `of ${process.pid}`, permission: "read_only", expires_at: null });
  const response = await registry.fetch(
    new Request("http://registry/fly/api/v1/tokens", { method: "POST", headers, body }),
  );
  const { token } = (await response.json()) as { token: { id: string } };
  process.stdout.write(`${response.status} ${token.id}\n`);
}
