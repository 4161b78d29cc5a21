/** The addresses of JFrog Fly, as it documents them, with the team's own repository keys. */
import { Problem } from "../../problem.ts";
import type { Ecosystem, Endpoint } from "../provider.ts";
import type { Keys } from "./repositories.ts";

type Place = Omit<Endpoint, "ecosystem">;

const places: Partial<Record<Ecosystem, (art: string, keys: Keys) => Place>> = {
  npm: (art, { npm }) => ({ url: `${art}/api/npm/${npm}/`, mirrors: true }),
  pypi: (art, { pypi }) => ({
    url: `${art}/api/pypi/${pypi}/simple`,
    publish_url: `${art}/api/pypi/${pypi}`,
    mirrors: true,
  }),
  docker: (art, { docker }) => ({ url: new URL(art).host, path: docker, mirrors: true }),
  maven: (art, { maven }) => ({ url: `${art}/${maven}`, mirrors: true }),
  nuget: (art, { nuget }) => ({ url: `${art}/api/nuget/v3/${nuget}/index.json`, mirrors: true }),
  go: (art, { go }) => ({ url: `${art}/api/go/${go}`, mirrors: true }),
  generic: (art, { generic }) => ({ url: `${art}/api/${generic}`, mirrors: false }),
};

/** @param url the platform's @throws Problem `unsupported` */
export function endpointOf(ecosystem: Ecosystem, url: string, keys: Keys): Endpoint {
  const place = places[ecosystem]?.(`${url}/artifactory`, keys);
  if (place) return { ecosystem, ...place };
  const allowed = Object.keys(places);
  throw new Problem(
    "unsupported",
    `JFrog Fly documents no repository for ${ecosystem} packages.`,
    `It has ${allowed.join(", ")}; for others pass provider: local.`,
    { allowed },
  );
}
