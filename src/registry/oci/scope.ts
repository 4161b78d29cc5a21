/** What a client asks for and what it is granted, in the form of the distribution project's token scopes. */
import type { TokenRow } from "../store/schema.ts";
import { isRepositoryName } from "./path.ts";

const actions = ["pull", "push", "delete"] as const;
export type Action = (typeof actions)[number];

export interface Grant {
  repository: string;
  actions: readonly Action[];
}

/** More than any client asks for at once; an access token has to fit into a header. */
const mostGrants = 20;

/**
 * What a token is granted of what was asked for. A smaller grant is not an error: the client compares.
 * @param asked `repository:NAME:pull,push` and so on, several to a text when separated by a space; `*` is every action
 */
export function grant(asked: readonly string[], permission: TokenRow["permission"]): Grant[] {
  const possible = permission === "read_write" ? actions : (["pull"] as const);
  const granted = new Map<string, Set<string>>();
  for (const scope of asked.flatMap((text) => text.split(" "))) {
    const [, repository = "", wanted = ""] =
      /^repository(?:\([a-z0-9]+\))?:(.+):([a-z,*]+)$/.exec(scope) ?? [];
    if (!isRepositoryName(repository)) continue;
    const known = granted.get(repository) ?? new Set();
    for (const action of wanted.split(",")) known.add(action);
    if (granted.size < mostGrants || granted.has(repository)) granted.set(repository, known);
  }
  return [...granted]
    .map(([repository, wanted]) => ({
      repository,
      actions: possible.filter((action) => wanted.has(action) || wanted.has("*")),
    }))
    .filter((entry) => entry.actions.length > 0);
}

/** Grants as one scope text. */
export function formatScope(grants: readonly Grant[]): string {
  return grants.map(({ repository, actions }) => `repository:${repository}:${actions.join(",")}`).join(" ");
}
