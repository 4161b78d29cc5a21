/** bun, which reads npm's files below its own (bun.sh/docs/pm/npmrc); what it does was seen with bun 1.4. */
import type { Texts } from "../disk/change.ts";
import { bunfigLayer } from "./bun/bunfig.ts";
import { changesOf } from "./edit.ts";
import { tokenKey } from "./npm/credentials.ts";
import { type Layer, npmFiles, npmrcLayer, pathsOf, settingsLayer } from "./npm/npmrc.ts";
import { formerRegistry, registryEdits, tokenEdits } from "./npm/plan.ts";
import { statusOf, unsetVariable } from "./npm/status.ts";
import { checked, requireProject } from "./npm/target.ts";
import { whoami } from "./npm/verify.ts";
import { definePackageManager, type Place } from "./package-manager.ts";

export const bun = definePackageManager({
  id: "bun",
  title: "Bun",
  tool: "bun",
  ecosystem: "npm",
  signs: ["bun.lock", "bun.lockb", "bunfig.toml"],
  proof: "whoami",
  tested: "bun 1.4",
  symptom:
    "bun says `GET URL - 401` when it installs and `unable to authenticate` when it publishes; `missing authentication` where it finds no token.",
  scopes: ["user", "project"],
  styles: ["value", "reference"],

  files: (place) => Object.values(bunFiles(place)),

  /** As for npm: what bun's own files say is reported, not changed. */
  plan(target, place, texts) {
    const npmTarget = checked(target);
    const { user, project } = bunFiles(place);
    const registryFile = place.scope === "project" && project !== undefined ? project : user;
    const { edits, variable } = tokenEdits(npmTarget, target.style, user, place, texts);
    return {
      changes: changesOf([...registryEdits(npmTarget, registryFile, place, texts), ...edits], texts),
      warnings: variable === undefined ? [] : [unsetVariable(variable)],
      replaced_url: formerRegistry(npmTarget, layers(npmTarget.url, place, texts), place),
      variable,
    };
  },

  status: (url, place, texts) => statusOf(url, place, (parsed) => ({ layers: layers(parsed, place, texts) })),
  verify: whoami,
});

interface BunFiles {
  user: string;
  project?: string;
  /** bun looks for the user's bunfig in one place alone. */
  bunfig: string;
  projectBunfig?: string;
}

/** @throws Problem `invalid_input` */
function bunFiles(place: Place): BunFiles {
  const { join } = pathsOf(place);
  const { user, project } = npmFiles(requireProject(place));
  return {
    user,
    bunfig: join(place.env.XDG_CONFIG_HOME || place.home, ".bunfig.toml"),
    ...(project !== undefined && { project }),
    ...(place.project_dir !== undefined && { projectBunfig: join(place.project_dir, "bunfig.toml") }),
  };
}

function layers(url: URL, place: Place, texts: Texts): Layer[] {
  const { user, project, bunfig, projectBunfig } = bunFiles(place);
  return [
    npmrcLayer("user", user, place, texts),
    ...(project !== undefined && project !== user ? [npmrcLayer("project", project, place, texts)] : []),
    ...[bunfig, projectBunfig].flatMap((file) =>
      file === undefined ? [] : [bunfigLayer(file, place, texts)],
    ),
    settingsLayer("environment", {
      registry: variable(place, "REGISTRY"),
      [tokenKey(url)]: variable(place, "TOKEN"),
    }),
  ];
}

function variable({ env }: Place, name: string): { value: string | undefined; where: string } | undefined {
  const names = [`BUN_CONFIG_${name}`, `NPM_CONFIG_${name}`, `npm_config_${name.toLowerCase()}`];
  const where = names.find((each) => env[each]);
  return where === undefined ? undefined : { value: env[where], where };
}
