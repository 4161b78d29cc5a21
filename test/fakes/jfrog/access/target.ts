/** Which token a path means. */
import type { Known } from "../request.ts";
import { atLeast } from "../version.ts";

/** To a platform before 7.53.1 `me` is an id like any other, and nobody's. */
export function idOf({ world, token, path }: Known): string {
  const { id = "" } = path;
  return id === "me" && atLeast(world.settings.version, "7.53.1") ? token.id : id;
}
