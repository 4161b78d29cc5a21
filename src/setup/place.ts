/** Where this user's package managers have their files. */
import { join } from "node:path";
import type { Context } from "../context.ts";
import type { Place, Scope } from "../package-managers/package-manager.ts";
import { absolute } from "../path.ts";

/**
 * @param project_dir relative paths are taken from the working folder, which is the default for the scope `project`; for
 * the scope `user` it is where to look for what outranks the user's own
 * @throws Problem `invalid_input`
 */
export function placeFor(context: Context, scope: Scope, project_dir?: string): Place {
  const { home, env, platform, program, config } = context;
  const store = join(config.folders.data, "credentials.json");
  const place = { scope, home, env, platform, program, store };
  if (scope === "user" && project_dir === undefined) return place;
  return { ...place, project_dir: absolute(project_dir ?? ".", context) };
}
