/** What a package, a version, a tag and a tarball may be called. Names become URLs and database keys, never paths. */

/**
 * Whether a package of that name can exist in any npm registry: URL-safe, with or without a scope. Old names with
 * capitals or more than 214 characters are among them; here they can only be asked for, not published.
 */
export function isPackageName(name: string): boolean {
  const parts = name.startsWith("@") ? name.slice(1).split("/") : [name];
  if (parts.length !== (name.startsWith("@") ? 2 : 1)) return false;
  const own = parts.at(-1) ?? "";
  if (/^[._-]/.test(own) || ["node_modules", "favicon.ico"].includes(own.toLowerCase())) return false;
  return parts.every((part) => /^[\w.!~*'()-]+$/.test(part) && !/^\.\.?$/.test(part));
}

/**
 * Why a new package may not have that name, as a sentence for people; `undefined` when it may.
 * The rules are npm's for new packages: lower case, at most 214 characters, no `~'!()*`.
 */
export function refuseNewName(name: string): string | undefined {
  if (name.length > 214) return "A package name has at most 214 characters.";
  if (name !== name.toLowerCase()) return `A package name is written in lower case: ${name.toLowerCase()}.`;
  if (!isPackageName(name) || /[~'!()*]/.test(name)) {
    return "A package name has only letters, digits, hyphens, dots and underscores, and does not begin with a dot, a hyphen or an underscore.";
  }
  return undefined;
}

// semver.org, "Is there a suggested regular expression": numbers without leading zeros.
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** Whether it is a version by Semantic Versioning 2.0.0, in its one spelling (no `v`, no spaces), at most 256 characters. */
export function isVersion(version: string): boolean {
  return version.length <= 256 && semver.test(version);
}

const range = /^[v=]*(\d+|x|\*)(\.(\d+|x|\*)(\.(\d+|x|\*)(-[\w.-]+)?(\+[\w.-]+)?)?)?$/i;

/** Whether it can be a dist-tag: not what npm would read as a version or a range. */
export function isTag(tag: string): boolean {
  return /^[a-z0-9][a-z0-9._~+-]{0,213}$/i.test(tag) && !range.test(tag);
}

/** The name of a version's tarball, which we choose: `@scope/name`, `1.0.0` → `name-1.0.0.tgz`. */
export function tarballOf(name: string, version: string): string {
  return `${name.split("/").at(-1)}-${version}.tgz`;
}
