/** The folders in which clients keep their settings, in the manner of the user's platform. */
import { posix, win32 } from "node:path";
import { Problem } from "../problem.ts";
import type { Place } from "./mcp-client.ts";

/** A path below the home folder. */
export function atHome({ platform, home }: Place, ...names: string[]): string {
  return pathsOf(platform).join(home, ...names);
}

/**
 * A path below the folder that a variable names, by default one below the home folder. What is not absolute would be
 * another folder for the client than for us, and does not count.
 */
export function below(
  { platform, home, env }: Place,
  variable: string,
  preset: string,
  ...names: string[]
): string {
  const given = env[variable];
  const paths = pathsOf(platform);
  return given && paths.isAbsolute(given) ? paths.join(given, ...names) : paths.join(home, preset, ...names);
}

/** A path in the folder of an application's settings: XDG's, `~/Library/Application Support` or `%APPDATA%`. */
export function inSettings(place: Place, ...names: string[]): string {
  const { platform } = place;
  const folder =
    platform === "win32"
      ? below(place, "APPDATA", "AppData/Roaming")
      : platform === "darwin"
        ? atHome(place, "Library/Application Support")
        : below(place, "XDG_CONFIG_HOME", ".config");
  return pathsOf(platform).join(folder, ...names);
}

/** A path in the project. @throws Problem `invalid_input` without one */
export function inProject({ platform, project_dir }: Place, ...names: string[]): string {
  if (project_dir !== undefined) return pathsOf(platform).join(project_dir, ...names);
  throw new Problem("invalid_input", "The project's folder is missing.", "Run it in the project's folder.");
}

/** @throws Problem `unsupported` for a project */
export function userOnly({ scope }: Place, title: string): void {
  if (scope === "project")
    throw new Problem("unsupported", `${title} has no configuration of a project.`, "Use --scope user.", {
      allowed: ["user"],
    });
}

function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === "win32" ? win32 : posix;
}
