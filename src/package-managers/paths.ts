/** Paths in the manner of the user's platform, and the folders in which programs keep their settings there. */
import { posix, win32 } from "node:path";
import { Problem } from "../problem.ts";
import type { Place } from "./package-manager.ts";

export function pathsOf(place: Pick<Place, "platform">): typeof posix {
  return place.platform === "win32" ? win32 : posix;
}

/**
 * The folder of a project.
 *
 * @throws Problem `invalid_input` when none was given
 */
export function projectFolder({ project_dir }: Place): string {
  if (project_dir !== undefined) return project_dir;
  throw new Problem(
    "invalid_input",
    "The project's folder is missing.",
    "Give project_dir, the absolute path of the project's folder.",
  );
}

/**
 * The place, for a client that keeps what is asked for with its user alone.
 *
 * @throws Problem `unsupported` for a project
 */
export function userScope(place: Place, title: string): Place {
  if (place.scope === "user") return place;
  throw new Problem("unsupported", `${title} has no configuration of a project.`, 'Use scope "user".', {
    allowed: ["user"],
  });
}

/** `$XDG_CONFIG_HOME`, by default `~/.config`. */
export function xdgConfigFolder({ home, env }: Place): string {
  return env.XDG_CONFIG_HOME || posix.join(home, ".config");
}

/** `%APPDATA%`, or what it is by default. */
export function roamingFolder({ home, env }: Place): string {
  return env.APPDATA || win32.join(home, "AppData/Roaming");
}
