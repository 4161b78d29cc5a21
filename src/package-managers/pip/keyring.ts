/**
 * pip ≥ 23.1 with `keyring-provider = subprocess` asks the first program on PATH that is called `keyring`:
 * `keyring get URL USER` (pip's documentation, "Authentication", "Using keyring as a command line application").
 */
import type { Texts } from "../../disk/change.ts";
import { ini } from "../../formats/ini.ts";
import { whole } from "../../formats/whole.ts";
import { Problem } from "../../problem.ts";
import type { Edit } from "../edit.ts";
import type { Place } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";
import { helperCommand } from "../store.ts";
import { effective } from "./config.ts";

/** The program of ours that has this name. */
export function keyringProgram(place: Place): string {
  const { dirname, join } = pathsOf(place);
  return join(dirname(place.store), "bin", "keyring");
}

/** @throws Problem `unsupported` */
export function keyringEdits(file: string, place: Place): Edit[] {
  if (place.platform === "win32")
    throw new Problem(
      "unsupported",
      "pip finds no script of this kind as `keyring` on Windows.",
      'Use secret_style "reference" or "value".',
      { allowed: ["reference", "value"] },
    );
  return [
    { file, format: ini, path: ["global", "keyring-provider"], source: "subprocess", sensitive: false },
    { file: keyringProgram(place), format: whole, path: [], source: script(place), sensitive: false },
  ];
}

/** Whether `pip install` asks such a program. */
export function asksKeyring(place: Place, texts: Texts): boolean {
  return effective("keyring-provider", "install", place, texts)?.value === "subprocess";
}

/** Whether the program of ours is there. */
export function hasKeyring(place: Place, texts: Texts): boolean {
  return (texts.get(keyringProgram(place)) ?? null) !== null;
}

/** What the user has to see to, and what it costs. */
export function keyringWarning(place: Place): string {
  const { dirname, delimiter } = pathsOf(place);
  const folder = dirname(keyringProgram(place));
  const [first] = (place.env.PATH ?? "").split(delimiter);
  return first === folder
    ? `pip asks ${keyringProgram(place)}, which hides any other keyring program as long as its folder is first on PATH.`
    : `pip (23.1 or later) asks ${keyringProgram(place)} only where ${folder} is first on PATH; there it hides any other keyring program.`;
}

function script(place: Place): string {
  const words = helperCommand(place, "keyring").map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`;
}
