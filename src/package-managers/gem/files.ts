/** RubyGems' settings as it reads them itself: where they are, which outranks which (lib/rubygems/config_file.rb, defaults.rb). */
import type { Texts } from "../../disk/change.ts";
import { decodeItems, yaml } from "../../formats/yaml.ts";
import { Problem } from "../../problem.ts";
import { readValue } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";
import { defaultGemSource } from "../public-registries.ts";

export const sourcesPath = [":sources"];

interface GemFiles {
  system: string;
  /** Of these RubyGems reads the first that exists, else the last. */
  user: [old: string, xdg: string];
  /** What GEMRC lists, which then stands in for the user's own. */
  named: string[];
  credentials: [old: string, xdg: string];
}

/** @throws Problem `invalid_input` when GEMRC lists a relative path, `unsupported` for a project */
export function gemFiles({ scope, home, env, platform }: Place): GemFiles {
  if (scope === "project")
    throw new Problem("unsupported", "RubyGems has no configuration of a project.", 'Use scope "user".', {
      allowed: ["user"],
    });
  const { join, isAbsolute, delimiter } = pathsOf({ platform });
  const named = (env.GEMRC ?? "").split(delimiter).filter(Boolean);
  const relative = named.find((file) => !isAbsolute(file));
  if (relative !== undefined)
    throw new Problem(
      "invalid_input",
      `GEMRC names the relative path ${relative}.`,
      "Set GEMRC to absolute paths.",
    );
  return {
    system: platform === "win32" ? join(env.PROGRAMDATA || "C:\\ProgramData", "gemrc") : "/etc/gemrc",
    user: [join(home, ".gemrc"), join(env.XDG_CONFIG_HOME || join(home, ".config"), "gem/gemrc")],
    named,
    credentials: [
      join(home, ".gem/credentials"),
      join(env.XDG_DATA_HOME || join(home, ".local/share"), "gem/credentials"),
    ],
  };
}

/**
 * The file whose sources count: of those in GEMRC the last that has some; else the user's, which where there is none
 * yet is the one that every version reads.
 *
 * @throws Problem `invalid_input`, `file_unparsable`
 */
export function ownGemrc(place: Place, texts: Texts): string {
  const { named, user } = gemFiles(place);
  const [old, xdg] = user;
  return (
    named.findLast((file) => sourcesIn(file, texts) !== undefined) ??
    named.at(-1) ??
    (!exists(old, texts) && exists(xdg, texts) ? xdg : old)
  );
}

/** Where keys for `gem push` are. A new `~/.gem` would hide the gems that the user has elsewhere, so none is made. */
export function credentialsFile(place: Place, texts: Texts): string {
  const [old, xdg] = gemFiles(place).credentials;
  return exists(old, texts) ? old : xdg;
}

/**
 * The sources of one file.
 *
 * @throws Problem `file_unparsable`
 */
export function sourcesIn(file: string, texts: Texts): string[] | undefined {
  const source = readValue(yaml, file, texts, sourcesPath);
  return source === undefined ? undefined : decodeItems(source);
}

/**
 * The sources without the own file's: what it inherits where it has none.
 *
 * @throws Problem `invalid_input`, `file_unparsable`
 */
export function inheritedSources(place: Place, texts: Texts): string[] {
  const { system, named } = gemFiles(place);
  const own = ownGemrc(place, texts);
  const below = [system, ...named].filter((file) => file !== own);
  return (
    below.map((file) => sourcesIn(file, texts)).findLast((items) => items !== undefined) ?? [defaultGemSource]
  );
}

function exists(file: string, texts: Texts): boolean {
  return (texts.get(file) ?? null) !== null;
}
