/** Which version this is, whether it is up, and which repositories there are. */
import { artifactoryError, json, text } from "../answer.ts";
import type { Incoming, Known } from "../request.ts";
import { actionsOn } from "../rights.ts";
import { artifactory, refusal } from "./door.ts";

export const getVersion = artifactory(({ world }: Known) =>
  json({ version: world.settings.version, revision: "71104900", addons: [], license: "fake" }),
);

/** To strangers too, but not to a credential that is wrong. */
export function ping({ caller }: Incoming) {
  return caller.kind === "nobody" && caller.reason !== "missing" ? refusal(caller) : text("OK");
}

/** As the platform writes them; another one with a capital. */
const spelled: Record<string, string> = { nuget: "NuGet", helmoci: "HelmOCI", pypi: "Pypi" };

/** Whether a token of Fly may ask is not known, so it can be forbidden. */
export const listRepositories = artifactory(({ world, token, query, origin }: Known) => {
  if (!world.settings.listsRepositories) return artifactoryError(403, "Forbidden");
  const wanted = query.get("packageType")?.toLowerCase();
  const type = query.get("type");
  const seen = world.repositories.filter(
    ({ key, packageType }) =>
      (wanted === undefined || packageType === wanted) &&
      (type === null || type === "virtual") &&
      actionsOn(world, token, key, "").includes("r"),
  );
  return json(
    seen.map(({ key, packageType }) => ({
      key,
      type: "VIRTUAL",
      url: `${origin}/artifactory/${key}`,
      packageType: spelled[packageType] ?? packageType.replace(/^./, (letter) => letter.toUpperCase()),
    })),
  );
});
