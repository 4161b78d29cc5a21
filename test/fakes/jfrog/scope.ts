/** The grammar of scopes. */

export type Grant =
  | { kind: "admin" }
  | { kind: "user" }
  | { kind: "groups"; names: string[] }
  /** `path` is absent when the whole repository is meant. */
  | { kind: "artifact"; target: string; path: string | undefined; actions: string }
  /** A project's roles, and what has to do with the system: known, and good for nothing here. */
  | { kind: "other" };

export const everything = "rwdamxs";

/** @returns `undefined` for a scope that the platform does not know */
export function parseScope(scope: string): Grant[] | undefined {
  const grants = split(scope).map(grantOf);
  const known = grants.filter((one) => one !== undefined);
  return known.length > 0 && known.length === grants.length ? known : undefined;
}

/** Names of groups with a space in them are quoted. */
function split(scope: string): string[] {
  return scope.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
}

function grantOf(text: string): Grant | undefined {
  if (text === "applied-permissions/admin") return { kind: "admin" };
  if (text === "applied-permissions/user") return { kind: "user" };
  const [, groups] = /^applied-permissions\/groups:(.+)$/.exec(text) ?? [];
  if (groups !== undefined) return { kind: "groups", names: groups.split(",").map(unquoted) };
  if (/^applied-permissions\/roles:[^:]+:[^:]+$/.test(text)) return { kind: "other" };
  if (/^system:(metrics|livelogs|identities|permissions):[rwdamxs*,]+$/.test(text)) return { kind: "other" };
  return artifactGrant(text);
}

function artifactGrant(text: string): Grant | undefined {
  const [, place = "", letters] =
    /^artifact:(.+):((?:[rwdamxs*]+)|(?:[rwdamxs]+)(?:,[rwdamxs]+)+)$/.exec(text) ?? [];
  if (letters === undefined) return undefined;
  const [target = "", ...path] = place.split("/");
  return {
    kind: "artifact",
    target,
    path: path.length > 0 ? path.join("/") : undefined,
    actions: letters.includes("*") ? everything : letters.replaceAll(",", ""),
  };
}

function unquoted(name: string): string {
  return name.replace(/^"(.*)"$/, "$1");
}
