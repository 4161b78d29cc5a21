/** Where each ecosystem is: at the registry itself, or at another one that accepts its tokens. */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import { checkAddress } from "../address.ts";
import { type Ecosystem, type Endpoint, ecosystems } from "../provider.ts";

/** Paths at the registry, and whether it passes on what it lacks. */
const served: Partial<Record<Ecosystem, { path: string; publish?: string; mirrors: boolean }>> = {
  npm: { path: "/artifactory/api/npm/npm/", mirrors: true },
  pypi: { path: "/artifactory/api/pypi/pypi/simple", publish: "/artifactory/api/pypi/pypi", mirrors: true },
  maven: { path: "/artifactory/maven", mirrors: false },
  generic: { path: "/artifactory/api/generic", mirrors: false },
};

/** Those whose URLs end with a slash; the setting loses it. */
const slashed = new Set<Ecosystem>(["npm", "cargo", "gems", "terraform"]);

/** @throws Problem `unsupported`, `unsafe_location`, `not_configured` for a setting that names no ecosystem */
export function endpointOf(ecosystem: Ecosystem, { local_url, local_endpoints, gateway }: Config): Endpoint {
  const stranger = Object.keys(local_endpoints).find((name) => !ecosystems.some((one) => one === name));
  if (stranger !== undefined)
    throw new Problem(
      "not_configured",
      `FLY_TOKENS_LOCAL_ENDPOINTS names "${stranger.slice(0, 40)}", which is no ecosystem.`,
      "Correct it.",
      { allowed: ecosystems },
    );
  const other = local_endpoints[ecosystem];
  if (other !== undefined) {
    const url = checkAddress(slashed.has(ecosystem) ? `${other}/` : other, "FLY_TOKENS_LOCAL_ENDPOINTS");
    return ecosystem === "docker"
      ? dockerElsewhere(url, local_url)
      : { ecosystem, url: url.href, mirrors: false };
  }
  if (ecosystem === "docker" && gateway.docker)
    return dockerElsewhere(checkAddress(gateway.docker.reveal(), "FLY_TOKENS_GATEWAY"), local_url);
  if (ecosystem === "docker")
    return { ecosystem, url: new URL(local_url).host, path: "docker", mirrors: false };
  const place = served[ecosystem];
  if (place)
    return {
      ecosystem,
      url: local_url + place.path,
      ...(place.publish && { publish_url: local_url + place.publish }),
      mirrors: place.mirrors,
    };
  throw new Problem(
    "unsupported",
    `The local registry serves no ${ecosystem} packages.`,
    `Set FLY_TOKENS_LOCAL_ENDPOINTS to ${ecosystem}=URL for a registry that asks this one about its tokens.`,
  );
}

/** A registry of the team's own, which sends its clients to the local one for their tokens. */
function dockerElsewhere({ host }: URL, localUrl: string): Endpoint {
  return { ecosystem: "docker", url: host, mirrors: false, issuer: new URL(localUrl).origin };
}
