/** Distribution files and whose they are: wheels (PEP 427, PEP 491) and source distributions (PEP 625, and before it). */
import { normalizeProject, normalizeVersion } from "./project.ts";

export type FileType = "bdist_wheel" | "sdist";

/** What an index takes; eggs and installers have long been refused everywhere. */
export function fileType(file: string): FileType | undefined {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._+!-]*$/.test(file) || file.length > 255) return undefined;
  if (file.endsWith(".whl")) return "bdist_wheel";
  return sourceStem(file) === undefined ? undefined : "sdist";
}

/**
 * Whether the file is one of this version of this project.
 * @param version in its normal form
 */
export function belongsTo(file: string, project: string, version: string): boolean {
  const named = file.endsWith(".whl") ? wheelStem(file) : sourceStem(file);
  if (named === undefined) return false;
  // Before PEP 625 a source distribution's name could have hyphens of its own, so every split is tried.
  return [...named.matchAll(/-/g)].some(
    ({ index }) =>
      normalizeProject(named.slice(0, index)) === normalizeProject(project) &&
      sameVersion(named.slice(index + 1), version),
  );
}

/** `name-version` of a wheel whose name has all of its parts: name, version, perhaps a build, python, abi, platform. */
function wheelStem(file: string): string | undefined {
  const parts = file.slice(0, -".whl".length).split("-");
  const complete = parts.length === 5 || (parts.length === 6 && /^\d/.test(parts[2] ?? ""));
  return complete && parts.every((part) => part !== "") ? parts.slice(0, 2).join("-") : undefined;
}

function sourceStem(file: string): string | undefined {
  return /^(.+)\.(?:tar\.gz|zip)$/.exec(file)?.[1];
}

/** Old wheels write the plus sign of a local version as an underscore. */
function sameVersion(spelling: string, version: string): boolean {
  return normalizeVersion(spelling) === version || normalizeVersion(spelling.replace("_", "+")) === version;
}
