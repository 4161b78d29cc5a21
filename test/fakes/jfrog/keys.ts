/** Which repositories there are. */
import type { Repository } from "./world.ts";

/** By package type, as Artifactory calls it. */
export type Keys = Record<string, string | readonly string[]>;

/** As the reference has them for Fly; the keys of go, maven, gradle and nuget are inferred there. */
export const defaultKeys: Keys = {
  npm: "npm",
  pypi: "pypi",
  docker: "docker",
  helmoci: "helmoci",
  go: "go",
  maven: "maven",
  gradle: "gradle",
  nuget: "nuget",
  generic: "generic",
};

export function repositoriesOf(keys: Keys): Repository[] {
  return Object.entries(keys).flatMap(([packageType, names]) =>
    [names].flat().map((key) => ({ key, packageType })),
  );
}
