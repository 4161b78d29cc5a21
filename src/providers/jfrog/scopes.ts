/**
 * What the two permissions are at the platform: scopes, at most 500 characters. Fly's own are not known, so they are
 * built here as narrow as they can be: read, or read and deploy, in each repository of the team. Where a name stands for
 * another thing each time that it is pushed, as docker's tags do, deploying takes `d` (overwrite) as well.
 */
import type { Config } from "../../config.ts";
import { Problem, quote } from "../../problem.ts";
import type { IssueRequest } from "../provider.ts";
import type { Keys, Kind } from "./repositories.ts";

const longest = 500;

const actions = { read_only: "r", read_write: "r,w" } as const;
const retagged: readonly Kind[] = ["docker", "helm"];
const settings = {
  read_only: "FLY_TOKENS_JFROG_SCOPE_READ_ONLY",
  read_write: "FLY_TOKENS_JFROG_SCOPE_READ_WRITE",
} as const;

/** The grammar of one part. A name with blanks stands in quotes; brackets would end the scope in a description. */
const part =
  /^(applied-permissions\/(user|admin|groups:[^\s[\]]+|roles:[^\s:[\]]+:[^\s:[\]]+)|artifact:[^\s[\]]+:([rwdamxs*]+|[rwdamxs]+(,[rwdamxs]+)+)|system:(metrics|livelogs|identities|permissions):[a-z*,]+)$/;

/** @throws Problem `not_configured` for a setting that is no scope, and for too many keys */
export function scopeFor(permission: IssueRequest["permission"], keys: Keys, config: Config): string {
  const setting = settings[permission];
  const own = permission === "read_only" ? config.jfrog_scope_read_only : config.jfrog_scope_read_write;
  const names = [...new Set(Object.values(keys))];
  const scope =
    own?.trim() ?? names.map((key) => `artifact:${key}:${actionsIn(key, keys, permission)}`).join(" ");
  const stranger = partsOf(scope).find((one) => !part.test(one.replace(/"[^"[\]]*"/g, "name")));
  if (stranger !== undefined)
    throw new Problem(
      "not_configured",
      `${setting} holds "${quote(stranger, 60)}", which is no scope of the platform's.`,
      "Use applied-permissions/user, applied-permissions/groups:NAME or artifact:KEY:r,w, separated by blanks.",
    );
  if (scope.length <= longest && scope !== "") return scope;
  throw new Problem(
    "not_configured",
    `A scope has 1 to ${longest} characters, and that for ${names.length} repositories has ${scope.length}.`,
    `Set ${setting} to one that is shorter, such as artifact:*:${actions[permission]}.`,
  );
}

function actionsIn(key: string, keys: Keys, permission: IssueRequest["permission"]): string {
  const moves = permission === "read_write" && retagged.some((kind) => keys[kind] === key);
  return moves ? `${actions[permission]},d` : actions[permission];
}

/** The setting that decides over a permission. */
export function settingOf(permission: IssueRequest["permission"]): string {
  return settings[permission];
}

/** For people: `read in npm, pypi; read and deploy in docker`. What is no repository's stays as it is. */
export function inWords(scope: string): string {
  const targets = new Map<string, string[]>();
  const others: string[] = [];
  for (const one of partsOf(scope)) {
    const [, target, letters] = /^artifact:(.+):([rwdamxs*,]+)$/.exec(one) ?? [];
    if (target === undefined || letters === undefined) others.push(one);
    else targets.set(letters, [...(targets.get(letters) ?? []), target]);
  }
  const places = [...targets].map(([letters, names]) => `${deeds(letters)} in ${names.join(", ")}`);
  return [...places, ...others].join("; ");
}

const words: Record<string, string> = { r: "read", w: "deploy", d: "overwrite", a: "annotate" };

function deeds(letters: string): string {
  if (letters.includes("*")) return "everything";
  const known = [...letters.replaceAll(",", "")].map((letter) => words[letter] ?? letter);
  return known.length < 2 ? known.join("") : `${known.slice(0, -1).join(", ")} and ${known.at(-1)}`;
}

function partsOf(scope: string): string[] {
  return scope.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
}
