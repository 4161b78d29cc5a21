/**
 * What stands behind the gateway when that is measured: an npm registry with one package of one version, from memory, and
 * a tarball of 10 MB. It asks nobody who they are. Prints its address, as JSON; ends with its input.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const tarball = Buffer.alloc(10_000_000, "a tarball ");
const server = createServer((request, response) => {
  if (request.url?.endsWith(".tgz")) {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": tarball.length });
    response.end(tarball);
    return;
  }
  // As large as that of a package with some history.
  const { port } = server.address() as AddressInfo;
  const dist = (version: string) => ({ tarball: `http://127.0.0.1:${port}/bench/-/bench-${version}.tgz` });
  const numbers = Array.from({ length: 20 }, (_, n) => `1.0.${n}`);
  const versions = numbers.map((version) => [version, { name: "bench", version, dist: dist(version) }]);
  const body = JSON.stringify({
    name: "bench",
    "dist-tags": { latest: "1.0.0" },
    versions: Object.fromEntries(versions),
  });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.stdin.resume().on("end", () => process.exit());
