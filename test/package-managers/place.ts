/** A user's machine for a test: where they are, and what their files say. */
import { expect } from "vitest";
import type { Texts } from "../../src/disk/change.ts";
import type { Draft, PackageManager, Place } from "../../src/package-managers/package-manager.ts";
import { Problem, type ProblemCode } from "../../src/problem.ts";

export const token = "flyt_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

export function placeOf(over: Partial<Place> = {}): Place {
  return {
    scope: "user",
    home: "/users/alice",
    env: {},
    platform: "linux",
    store: "/users/alice/.local/share/fly-tokens/credentials.json",
    program: ["/opt/node", "/opt/fly-tokens/main.js"],
    ...over,
  };
}

/** Every file that the manager wants to see; those that are not given do not exist. */
export function textsOf(manager: PackageManager, place: Place, files: Record<string, string> = {}): Texts {
  const wanted = manager.files(place);
  for (const file of Object.keys(files)) expect(wanted).toContain(file);
  return new Map(wanted.map((file) => [file, files[file] ?? null]));
}

/** The new text of each changed file. */
export function written(draft: Draft): Record<string, string | null> {
  return Object.fromEntries(draft.changes.map(({ path, after }) => [path, after]));
}

/** The code of the Problem that something ends in. */
export function refusalOf(action: () => unknown): ProblemCode | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
