/** A Composer repository (getcomposer.org/doc/05-repositories.md, "Composer") with one private package. */
import type { TestRegistry } from "../../support/registry.ts";
import { type Guarded, startGuarded } from "./guarded.ts";
import { zip } from "./zip.ts";

const root = "/artifactory/api/composer/composer";

/** Its address ends with the path of the repository. */
export async function startComposerRepository(registry: TestRegistry): Promise<Guarded> {
  const json = { "content-type": "application/json" };
  const guarded = await startGuarded(registry, ({ path, headers }) => {
    const dist = { type: "zip", url: `http://${headers.host}${root}/hello.zip` };
    const pages: Record<string, unknown> = {
      "/packages.json": { packages: [], "metadata-url": `${root}/p2/%package%.json` },
      "/p2/acme/hello.json": {
        packages: { "acme/hello": [{ name: "acme/hello", version: "1.0.0", dist }] },
      },
      "/p2/acme/hello~dev.json": { packages: { "acme/hello": [] } },
    };
    const page = path.slice(root.length);
    if (page === "/hello.zip")
      return {
        body: zip({
          "composer.json": '{"name": "acme/hello", "version": "1.0.0"}',
          "hello.php": "<?php echo 'hi from fly';\n",
        }),
      };
    const body = path.startsWith(root) ? pages[page] : undefined;
    return body === undefined
      ? { status: 404, headers: json, body: "{}" }
      : { headers: json, body: JSON.stringify(body) };
  });
  return { ...guarded, url: guarded.url + root };
}
