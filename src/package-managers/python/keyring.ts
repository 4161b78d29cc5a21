/**
 * pip (23.1 or later) and uv with `keyring-provider = subprocess` ask the first program on PATH that is called
 * `keyring`: `keyring get URL USER` (pip's documentation, "Authentication", "Using keyring as a command line
 * application"; uv's, "HTTP credentials", "Keyring providers"). Both share the one of ours.
 */
import type { Texts } from "../../disk/change.ts";
import { whole } from "../../formats/whole.ts";
import { Problem } from "../../problem.ts";
import type { Edit } from "../edit.ts";
import type { Place, SecretStyle } from "../package-manager.ts";
import { pathsOf } from "../paths.ts";
import { helperCommand } from "../store.ts";

/** The program of ours that has this name. */
export function keyringProgram(place: Place): string {
  const { dirname, join } = pathsOf(place);
  return join(dirname(place.store), "bin", "keyring");
}

/**
 * The edit that puts the program there.
 *
 * @param others the styles that could be used instead
 * @throws Problem `unsupported`
 */
export function keyringProgramEdit(title: string, others: readonly SecretStyle[], place: Place): Edit {
  if (place.platform === "win32")
    throw new Problem(
      "unsupported",
      `${title} finds no script of this kind as \`keyring\` on Windows.`,
      `Use secret_style ${others.map((style) => `"${style}"`).join(" or ")}.`,
      { allowed: others },
    );
  const file = keyringProgram(place);
  return { file, format: whole, path: [], source: script(place), sensitive: false, executable: true };
}

/** Whether the program of ours is there. */
export function hasKeyring(place: Place, texts: Texts): boolean {
  return (texts.get(keyringProgram(place)) ?? null) !== null;
}

/** What the user has to see to, and what it costs. */
export function keyringWarning(title: string, place: Place): string {
  const { dirname, delimiter } = pathsOf(place);
  const folder = dirname(keyringProgram(place));
  const [first] = (place.env.PATH ?? "").split(delimiter);
  return first === folder
    ? `${title} asks ${keyringProgram(place)}, which hides any other keyring program as long as its folder is first on PATH.`
    : `${title} asks ${keyringProgram(place)} only where ${folder} is first on PATH; there it hides any other keyring program.`;
}

/** The URL with a user's name alone in it, for which the program is then asked. */
export function withUser(url: URL, login: string): string {
  return `${url.protocol}//${encodeURIComponent(login)}@${url.host}${url.pathname}`;
}

function script(place: Place): string {
  const words = helperCommand(place, "keyring").map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`;
}
