/** Where this user's package managers have their files. */
import { join } from "node:path";
import type { Context } from "../context.ts";
import type { Place, Scope } from "../package-managers/package-manager.ts";
import { absolute } from "../path.ts";

/**
 * @param project_dir for the scope `project`; relative paths are taken from the working folder, which is the default
 * @throws Problem `invalid_input`
 */
export function placeFor(context: Context, scope: Scope, project_dir?: string): Place {
  const { home, env, platform, program, config } = context;
  const store = join(config.folders.data, "credentials.json");
  const place = { scope, home, env, platform, program, store };
  return scope === "project" ? { ...place, project_dir: absolute(project_dir ?? ".", context) } : place;
}
