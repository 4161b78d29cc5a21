/** As much of an npm registry as shows who somebody is and whether they may read and publish. */
import { type Answer, artifactoryError, json } from "../answer.ts";
import { jsonIn, type Known } from "../request.ts";
import { artifactory } from "./door.ts";
import { isAnswer, placeOf } from "./repository.ts";

export const whoami = artifactory(({ world, token, path }: Known) =>
  world.repositories.some(({ key, packageType }) => key === path.key && packageType === "npm")
    ? json({ username: token.username })
    : artifactoryError(404, "Repository not found."),
);

export const getPackument = artifactory((request: Known): Answer => {
  const place = placeOf(request, "r", "npm");
  if (isAnswer(place)) return place;
  const packument = request.world.files.get(place.name);
  return packument === undefined ? json({ error: "not_found" }, 404) : json(jsonIn(packument));
});

export const publish = artifactory((request: Known): Answer => {
  const place = placeOf(request, "w", "npm");
  if (isAnswer(place)) return place;
  request.world.files.set(place.name, request.received.body);
  return json({ ok: "created new package" }, 201);
});
