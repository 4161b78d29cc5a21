/** npm, whose user file pnpm, yarn 1 and bun read, too. */
import { changesOf } from "./edit.ts";
import { npmFiles, npmLayers } from "./npm/npmrc.ts";
import { formerRegistry, registryEdits, tokenEdits } from "./npm/plan.ts";
import { npmStatus, unsetVariable } from "./npm/status.ts";
import { checked, requireProject } from "./npm/target.ts";
import { whoami } from "./npm/verify.ts";
import { definePackageManager } from "./package-manager.ts";

export const npm = definePackageManager({
  id: "npm",
  title: "npm",
  tool: "npm",
  ecosystem: "npm",
  signs: ["package-lock.json", "npm-shrinkwrap.json", "package.json"],
  proof: "whoami",
  tested: "npm 11",
  symptom: "npm says E401, E404 for a package that it may not see, or ENEEDAUTH where it finds no token.",
  scopes: ["user", "project"],
  styles: ["value", "reference"],

  files: (place) => Object.values(npmFiles(requireProject(place))),

  /** The registry goes to the file of the scope; the credential always to the user's own, which no one commits. */
  plan(target, place, texts) {
    const npmTarget = checked(target);
    const { user, project } = npmFiles(requireProject(place));
    const registryFile = place.scope === "project" && project !== undefined ? project : user;
    const { edits, variable } = tokenEdits(npmTarget, target.style, user, place, texts);
    return {
      changes: changesOf([...registryEdits(npmTarget, registryFile, place, texts), ...edits], texts),
      warnings: variable === undefined ? [] : [unsetVariable(variable)],
      replaced_url: formerRegistry(npmTarget, npmLayers(place, texts), place),
      variable,
    };
  },

  status: npmStatus,
  verify: whoami,
});
