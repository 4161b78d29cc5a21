/** What a caller may do, in words that an operator and an authorization server can both say. */
import { nearest } from "../nearest.ts";
import { Problem } from "../problem.ts";

/** Every scope there is, and what it allows. Which tool wants which: src/mcp/scopes.ts. */
export const scopes = {
  "tokens:read": "tools that change nothing, and resources",
  "tokens:write": "make tokens and environments, set up package managers",
  "tokens:revoke": "revoke and delete tokens; with tokens:write also rotate them",
  "metrics:read": "/metrics",
} as const;

export type Scope = keyof typeof scopes;

export const allScopes = Object.keys(scopes) as Scope[];

/** Those of them that open /mcp. */
export const tokenScopes = allScopes.filter((scope) => scope.startsWith("tokens:"));

export function isScope(word: string): word is Scope {
  return Object.hasOwn(scopes, word);
}

/**
 * @param where what says so, for people
 * @throws Problem `not_configured` for one that does not exist
 */
export function scopesIn(words: readonly string[], where: string): Scope[] {
  return words.map((word) => {
    if (isScope(word)) return word;
    const meant = nearest(word, allScopes);
    throw new Problem(
      "not_configured",
      `${where} has the scope "${word.slice(0, 40)}", which does not exist.`,
      `${meant.did_you_mean ? `Did you mean ${meant.did_you_mean}? ` : ""}There are ${allScopes.join(", ")}.`,
      { allowed: allScopes, ...meant },
    );
  });
}
