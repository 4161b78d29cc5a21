/** Where NuGet's two kinds of clients have their files (learn.microsoft.com/nuget/consume-packages/configuring-nuget-behavior). */
import { posix, win32 } from "node:path";
import type { Texts } from "../../disk/change.ts";
import { Problem } from "../../problem.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";
import { defaultNugetSources } from "../public-registries.ts";

/** What tells one client from the other. */
export interface NugetClient {
  /** The user's own file. */
  userFile(place: Place): string;
  /** Whether it puts in the values of `%NAME%`. */
  expands: boolean;
  /** Whether it wants to be told that http is meant. */
  asksAboutHttp: boolean;
  /** The only way in which it is to send a credential; the older ones do not know that they can be told. */
  authenticationTypes: string | undefined;
  /** The source that it would give a new file of its own. */
  publicSource: Readonly<Record<string, string>>;
}

/** NuGet.exe, with mono where that runs it. */
export const nugetExe: NugetClient = {
  userFile: ({ platform, home, env }) =>
    platform === "win32"
      ? windowsFile(home, env)
      : posix.join(env.XDG_CONFIG_HOME || posix.join(home, ".config"), "NuGet/NuGet.Config"),
  expands: false,
  asksAboutHttp: false,
  authenticationTypes: undefined,
  publicSource: defaultNugetSources.nuget,
};

/** The `dotnet` command. */
export const dotnetCli: NugetClient = {
  userFile: ({ platform, home, env }) =>
    platform === "win32"
      ? windowsFile(home, env)
      : posix.join(env.DOTNET_CLI_HOME || home, ".nuget/NuGet/NuGet.Config"),
  expands: true,
  // Since SDK 9 (NU1302); others do not mind.
  asksAboutHttp: true,
  authenticationTypes: "basic",
  publicSource: defaultNugetSources.dotnet,
};

function windowsFile(home: string, env: Place["env"]): string {
  return win32.join(env.APPDATA || win32.join(home, "AppData/Roaming"), "NuGet/NuGet.Config");
}

export interface NugetFiles {
  user: string;
  /** For the project's folder and each one above it, the names under which a file is looked for, the nearest first. */
  folders: string[][];
}

/** @throws Problem `invalid_input` */
export function nugetFiles(client: NugetClient, place: Place): NugetFiles {
  const { scope, project_dir } = place;
  if (scope === "project" && project_dir === undefined) {
    throw new Problem(
      "invalid_input",
      "The project's folder is missing.",
      "Give project_dir, the absolute path of the folder that holds the solution.",
    );
  }
  const paths = pathsOf(place);
  const user = client.userFile(place);
  if (!paths.isAbsolute(user)) {
    throw new Problem(
      "invalid_input",
      `NuGet's folder is named by the relative path ${user}.`,
      "Set the variable that names it to an absolute path, or unset it.",
    );
  }
  // Elsewhere all of these are one file.
  const names =
    place.platform === "linux" ? ["nuget.config", "NuGet.config", "NuGet.Config"] : ["nuget.config"];
  const folders: string[][] = [];
  for (
    let at = project_dir, last: string | undefined;
    at !== undefined && at !== last;
    at = paths.dirname(at)
  ) {
    folders.push(names.map((name) => paths.join(at ?? "", name)));
    last = at;
  }
  return { user, folders };
}

/** Every file of a list of which NuGet takes the first that is there. */
export function chosen(names: readonly string[], texts: Texts): string | undefined {
  return names.find((name) => typeof texts.get(name) === "string");
}
