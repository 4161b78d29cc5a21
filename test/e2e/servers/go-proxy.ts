/** A module proxy (go.dev/ref/mod, "GOPROXY protocol") with one private module. */
import type { TestRegistry } from "../../support/registry.ts";
import { certificate, type Guarded, startGuarded } from "./guarded.ts";
import { zip } from "./zip.ts";

export const goModule = "example.com/fly/hello";

export interface GoProxy extends Guarded {
  /** The file of its certificate. */
  cert: string;
}

/** @param folder where its certificate may lie. Its address ends with the path of a module repository. */
export async function startGoProxy(registry: TestRegistry, folder: string): Promise<GoProxy> {
  const tls = certificate(folder);
  const mod = `module ${goModule}\n\ngo 1.19\n`;
  const root = "/artifactory/api/go/go";
  const files: Record<string, string | Buffer> = {
    list: "v1.0.0\n",
    "v1.0.0.info": '{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}',
    "v1.0.0.mod": mod,
    "v1.0.0.zip": zip({
      [`${goModule}@v1.0.0/go.mod`]: mod,
      [`${goModule}@v1.0.0/hello.go`]: 'package hello\n\nfunc Hi() string { return "hi from fly" }\n',
    }),
  };
  const at = `${root}/${goModule}/@v/`;
  const guarded = await startGuarded(
    registry,
    ({ path }) => {
      const body = path.startsWith(at) ? files[path.slice(at.length)] : undefined;
      return body === undefined ? { status: 404, body: "not found" } : { body };
    },
    { tls },
  );
  return { ...guarded, url: guarded.url + root, cert: tls.cert };
}
