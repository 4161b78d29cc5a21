/**
 * A local registry in a process of its own: in the folder FOLDER, and with DATABASE, if that is set, in PostgreSQL; GATEWAY
 * is a JSON object of the registries behind it. Prints its address and its admin's key, as JSON; ends with its input.
 */
import { serveRegistry } from "../src/registry/serve.ts";
import { Secret } from "../src/secret.ts";

const { FOLDER: folder = "", DATABASE, GATEWAY = "{}", CERTIFICATE } = process.env;
const behind = Object.entries(JSON.parse(GATEWAY) as Record<string, string>);
const { url, registry, close } = await serveRegistry({
  folder,
  port: 0,
  log: () => {},
  ...(DATABASE && { database: new Secret(DATABASE) }),
  ...(behind.length > 0 && {
    gateway: {
      upstreams: Object.fromEntries(behind.map(([name, at]) => [name, new Secret(at)])),
      certificate: CERTIFICATE,
    },
  }),
});
process.stdout.write(`${JSON.stringify({ url, key: await registry.adminKey() })}\n`);
process.stdin.resume().on("end", async () => {
  await close();
  process.exit();
});
