/** A caller's machine, of which nothing is known but what is the same on every one of its kind. */
import type { Texts } from "../disk/change.ts";
import type { PackageManager, Place, Scope } from "../package-managers/package-manager.ts";

export interface TheirMachine {
  title: string;
  place: Place;
  project: string;
}

/** The first is the one for which everything is said; of the others, where they differ. */
export function theirMachines(scope: Scope): readonly [TheirMachine, ...TheirMachine[]] {
  const on = (title: string, platform: NodeJS.Platform, root: string, slash: string): TheirMachine => {
    const home = `${root}caller-home`;
    const store = [home, ".fly-tokens", "credentials.json"].join(slash);
    const project = `${root}caller-project`;
    const place: Place = { scope, home, env: {}, platform, store, program: ["fly-tokens"] };
    return { title, project, place: scope === "user" ? place : { ...place, project_dir: project } };
  };
  return [
    on("Linux", "linux", "/", "/"),
    on("macOS", "darwin", "/", "/"),
    on("Windows", "win32", "C:\\", "\\"),
  ];
}

/** Files that do not exist; but a project has the virtual environment without which nothing could be set up in it. */
export function theirTexts(managers: readonly PackageManager[], { place }: TheirMachine): Texts {
  const files = managers.flatMap((manager) => manager.files(place));
  return new Map(files.map((file) => [file, /[/\\]pyvenv\.cfg$/.test(file) ? "" : null]));
}

/** A text with the caller's folders as the caller calls them: `~`, `%APPDATA%`, `PROJECT`. */
export function asTheyCallIt(text: string, { place: { home }, project }: TheirMachine): string {
  return text
    .replaceAll(`${home}\\AppData\\Roaming`, "%APPDATA%")
    .replaceAll(`${home}\\AppData\\Local`, "%LOCALAPPDATA%")
    .replaceAll(home, "~")
    .replaceAll(project, "PROJECT");
}
