/** A network mirror of providers (developer.hashicorp.com/terraform/internals/provider-network-mirror-protocol) with one of an invented host. */
import type { TestRegistry } from "../../support/registry.ts";
import { certificate, type Guarded, startGuarded } from "./guarded.ts";
import { zip } from "./zip.ts";

export const provider = "example.com/acme/hello";

export interface TerraformMirror extends Guarded {
  /** The file of its certificate. */
  cert: string;
}

/** @param folder where its certificate may lie. Its address ends with the path of the mirror. */
export async function startTerraformMirror(registry: TestRegistry, folder: string): Promise<TerraformMirror> {
  const tls = certificate(folder);
  const root = "/artifactory/api/terraform/terraform/providers";
  const archives = Object.fromEntries(
    ["linux", "darwin", "windows"].flatMap((os) =>
      ["amd64", "arm64"].map((cpu) => [`${os}_${cpu}`, { url: "hello.zip" }]),
    ),
  );
  const pages: Record<string, unknown> = {
    "index.json": { versions: { "1.0.0": {} } },
    "1.0.0.json": { archives },
  };
  const guarded = await startGuarded(
    registry,
    ({ path }) => {
      const page = path.startsWith(`${root}/${provider}/`) ? path.split("/").at(-1) : undefined;
      if (page === "hello.zip") return { body: zip({ "terraform-provider-hello_v1.0.0": "#!/bin/sh\n" }) };
      return page !== undefined && pages[page] !== undefined
        ? { headers: { "content-type": "application/json" }, body: JSON.stringify(pages[page]) }
        : { status: 404 };
    },
    { tls },
  );
  return { ...guarded, url: guarded.url + root, cert: tls.cert };
}
