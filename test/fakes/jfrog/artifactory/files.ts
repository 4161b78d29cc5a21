/** Files by their path: generic ones, Maven's, Go's, and whatever else is put there. */
import { type Answer, artifactoryError, html, json, text } from "../answer.ts";
import type { Known } from "../request.ts";
import { actionsOn } from "../rights.ts";
import { artifactory } from "./door.ts";
import { isAnswer, placeOf } from "./repository.ts";

/** @param packageType of the repository; absent: of any */
export function getFile(packageType?: string) {
  return artifactory((request: Known): Answer => {
    const place = placeOf(request, "r", packageType);
    if (isAnswer(place)) return place;
    const file = request.world.files.get(place.name);
    if (file !== undefined) return text(file);
    return place.path === "" && packageType === undefined
      ? html(`<title>Index of ${place.key}/</title>`)
      : artifactoryError(404, "File not found.");
  });
}

export function putFile(packageType?: string) {
  return artifactory((request: Known): Answer => {
    const place = placeOf(request, "w", packageType);
    if (isAnswer(place)) return place;
    const { world, token, origin, received } = request;
    const { key, path, name } = place;
    // To write over a file takes the right to delete it.
    if (world.files.has(name) && !actionsOn(world, token, key, path).includes("d"))
      return artifactoryError(403, `Not enough permissions to delete/overwrite artifact '${path}'.`);
    world.files.set(name, received.body);
    return json({ repo: key, path: `/${path}`, downloadUri: `${origin}/artifactory/${key}/${path}` }, 201);
  });
}
