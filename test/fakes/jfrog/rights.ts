/**
 * What a token may do. Its grants add up, as the documentation's own example `applied-permissions/user artifact:…` has
 * it; to use the REST API of tokens is always allowed.
 */
import { everything, type Grant, parseScope } from "./scope.ts";
import type { Token, User, World } from "./world.ts";

export function isAdmin(world: World, token: Token): boolean {
  return grantsOf(token).some(
    ({ kind }) => kind === "admin" || (kind === "user" && userOf(world, token.username).admin),
  );
}

/** @returns letters of `rwdamxs` */
export function actionsOn(world: World, token: Token, key: string, path: string): string {
  const actions = grantsOf(token).map((grant) => {
    if (grant.kind === "admin") return everything;
    if (grant.kind === "user") return ownActions(world, userOf(world, token.username));
    if (grant.kind === "groups") return groupActions(world, grant.names);
    return grant.kind === "artifact" && covers(grant, key, path) ? grant.actions : "";
  });
  return [...everything].filter((letter) => actions.some((one) => one.includes(letter))).join("");
}

/**
 * Whether somebody who is no admin may hand this on. That a token with a narrow scope mints nothing wider than itself
 * is not documented, but anything else would be an escalation.
 */
export function mayGrant(world: World, token: Token, wanted: Grant): boolean {
  const user = userOf(world, token.username);
  const grants = grantsOf(token);
  if (grants.some(({ kind }) => kind === "user")) {
    if (wanted.kind === "user") return true;
    if (wanted.kind === "groups") return wanted.names.every((name) => user.groups.includes(name));
    return wanted.kind === "artifact" && isWithin(wanted.actions, groupActions(world, user.groups));
  }
  return (
    wanted.kind === "artifact" &&
    grants.some(
      (one) =>
        one.kind === "artifact" &&
        one.target === wanted.target &&
        (one.path === undefined || one.path === wanted.path) &&
        isWithin(wanted.actions, one.actions),
    )
  );
}

/** A name that nobody has is somebody without groups: the platform makes a transient user for it. */
function userOf(world: World, name: string): User {
  return world.users.find((user) => user.name === name) ?? { name, admin: false, groups: [] };
}

function grantsOf({ scope }: Token): Grant[] {
  return parseScope(scope) ?? [];
}

function ownActions(world: World, user: User): string {
  return user.admin ? everything : groupActions(world, user.groups);
}

function groupActions({ groups }: World, names: readonly string[]): string {
  return names.map((name) => groups[name] ?? "").join("");
}

function isWithin(actions: string, allowed: string): boolean {
  return [...actions].every((letter) => allowed.includes(letter));
}

/** A path covers what is below it. */
function covers({ target, path }: Grant & { kind: "artifact" }, key: string, wanted: string): boolean {
  if (!pattern(target).test(key)) return false;
  return path === undefined || pattern(path).test(wanted) || pattern(`${path}/*`).test(wanted);
}

function pattern(glob: string): RegExp {
  const source = glob.split(/\*+/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`);
}
