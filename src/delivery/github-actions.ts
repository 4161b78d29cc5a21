/**
 * GITHUB ACTIONS: a secret of a repository or of one of its environments, by GitHub's REST API or by gh. Nobody can read
 * it back, GitHub's owner neither; a log that shows it has it masked.
 */
import { defineDelivery, type Means } from "./delivery.ts";
import { type Api, checkPlace, write } from "./github/api.ts";
import { checkPlaceByGh, writeByGh } from "./github/gh.ts";
import { placeOf, spoken } from "./github/place.ts";

export const githubActions = defineDelivery({
  id: "github_actions",
  title: "in a secret of GitHub Actions",
  reveals: false,

  async check(destination, means, former = false) {
    const place = placeOf(destination);
    const api = apiOf(means);
    await (api ? checkPlace(api, place, former) : checkPlaceByGh(place, means, former));
  },

  async deliver({ secret }, destination, means, former = false) {
    const place = placeOf(destination);
    const api = apiOf(means);
    const warnings = api
      ? await write(api, place, secret, former)
      : await writeByGh(place, secret, means, former);
    const jobs = place.environment === undefined ? "Workflows" : "Jobs of that environment";
    const next = `${jobs} read it as \${{ secrets.${place.name} }}.`;
    return { kind: "github_actions", location: spoken(place), next, warnings };
  },
});

function apiOf({ fetch, github: { url, token } }: Means): Api | undefined {
  return token && { url, token, fetch };
}
