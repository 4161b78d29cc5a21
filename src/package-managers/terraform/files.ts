/** Where terraform and OpenTofu have the user's settings (developer.hashicorp.com/terraform/cli/config/config-file, opentofu.org/docs/cli/config/config-file). */
import type { Texts } from "../../disk/change.ts";
import { Problem } from "../../problem.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf, roamingFolder } from "../paths.ts";

export type Flavour = "terraform" | "opentofu";

export interface CliFiles {
  /** The settings, in HCL. */
  config: string;
  /** What `login` writes, whose tokens outrank those of the settings; absent where it is not read. */
  login?: string;
}

/** Every file that could matter. @throws Problem `invalid_input`, `unsupported` */
export function everyCliFile(flavour: Flavour, place: Place): string[] {
  const named = namedFile(place);
  return named === undefined ? [...configs(flavour, place), ...logins(flavour, place)] : [named];
}

/** @throws Problem `invalid_input`; `unsupported` for a project, which has no such settings */
export function cliFiles(flavour: Flavour, place: Place, texts: Texts): CliFiles {
  const named = namedFile(place);
  if (named !== undefined) return { config: named };
  const exists = (file: string) => (texts.get(file) ?? null) !== null;
  const all = configs(flavour, place);
  const fresh = flavour === "opentofu" && place.platform !== "win32" && place.env.XDG_CONFIG_HOME ? -1 : 0;
  const login = logins(flavour, place).find(exists);
  return { config: all.find(exists) ?? all.at(fresh) ?? "", ...(login !== undefined && { login }) };
}

/** The file of TF_CLI_CONFIG_FILE, beside which no other is read. */
function namedFile({ scope, env, platform }: Place): string | undefined {
  if (scope === "project") {
    throw new Problem("unsupported", "A project has no settings of this kind.", 'Use scope "user".', {
      allowed: ["user"],
    });
  }
  const named = env.TF_CLI_CONFIG_FILE || env.TERRAFORM_CONFIG;
  if (!named) return undefined;
  if (pathsOf({ platform }).isAbsolute(named)) return named;
  throw new Problem(
    "invalid_input",
    "TF_CLI_CONFIG_FILE is a relative path.",
    "Set TF_CLI_CONFIG_FILE to an absolute path, or unset it.",
  );
}

/** The first that exists is read, the others are not. */
function configs(flavour: Flavour, place: Place): string[] {
  const { home, env, platform } = place;
  const { join } = pathsOf(place);
  const isTofu = flavour === "opentofu";
  if (platform === "win32") {
    const names = isTofu ? ["tofu.rc", "terraform.rc"] : ["terraform.rc"];
    return names.map((name) => join(roamingFolder(place), name));
  }
  const names = isTofu ? [".tofurc", ".terraformrc"] : [".terraformrc"];
  const xdg = isTofu && env.XDG_CONFIG_HOME ? [join(env.XDG_CONFIG_HOME, "opentofu", "tofurc")] : [];
  return [...names.map((name) => join(home, name)), ...xdg];
}

function logins(flavour: Flavour, place: Place): string[] {
  const { home, env, platform } = place;
  const { join } = pathsOf(place);
  const folders =
    platform === "win32"
      ? [join(roamingFolder(place), "terraform.d")]
      : [
          join(home, ".terraform.d"),
          ...(flavour === "opentofu" && env.XDG_CONFIG_HOME ? [join(env.XDG_CONFIG_HOME, "opentofu")] : []),
        ];
  return folders.map((folder) => join(folder, "credentials.tfrc.json"));
}
