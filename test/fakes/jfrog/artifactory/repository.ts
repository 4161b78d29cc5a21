/** A place in a repository: whether it exists, and whether a token may read or write there. */
import { type Answer, artifactoryError } from "../answer.ts";
import type { Known } from "../request.ts";
import { actionsOn } from "../rights.ts";

export interface Place {
  key: string;
  path: string;
  /** In `world.files`. */
  name: string;
}

/**
 * @param packageType of the repository that the path names by `key`, or, where the path has none, of the one that is meant
 * @returns the refusal when there is no such repository or the token may not do that there
 */
export function placeOf(request: Known, action: "r" | "w", packageType?: string): Place | Answer {
  const { world, token, path } = request;
  const repository = world.repositories.find(
    (one) =>
      (path.key === undefined || one.key === path.key) &&
      (packageType === undefined || one.packageType === packageType),
  );
  if (!repository) return artifactoryError(404, "Repository not found.");
  const { key } = repository;
  const { path: rest = "" } = path;
  if (!actionsOn(world, token, key, rest).includes(action)) {
    const deed = action === "w" ? `deploy '${rest}' into` : "read";
    return artifactoryError(403, `User ${token.username} is not permitted to ${deed} '${key}'.`);
  }
  return { key, path: rest, name: `${key}/${rest}` };
}

export function isAnswer(place: Place | Answer): place is Answer {
  return "status" in place;
}
