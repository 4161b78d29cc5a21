/**
 * Environments as they stand in the descriptions of tokens. The platform has no API for those of JFrog Fly: one comes
 * into being here with the first token that names it, and what runs in it Fly alone knows.
 */
import { Problem, quote } from "../../problem.ts";
import type { Environment, Environments, Token } from "../provider.ts";
import { prefix } from "./description.ts";
import { type Known, tokensIn } from "./records.ts";

export function environmentsOf(open: () => Known): Environments {
  const list = async () => environmentsIn(await tokensIn(open(), prefix()));
  return {
    list,
    async get(name) {
      const found = (await list()).find((one) => one.name === name);
      if (found) return found;
      throw new Problem(
        "not_found",
        `No token names the environment "${quote(name, 63)}".`,
        "Name it when you generate a token (generate_token, environment), and it is there.",
      );
    },
    elsewhere:
      "What runs there, whether it is behind, and what ran before is known to JFrog Fly itself (Fly Web, the environment's page): the platform's API does not tell.",
  };
}

function environmentsIn(tokens: readonly Token[]): Environment[] {
  const groups = new Map<string, Token[]>();
  for (const token of tokens)
    if (token.environment !== undefined)
      groups.set(token.environment, [...(groups.get(token.environment) ?? []), token]);
  return [...groups]
    .map(([name, own]) => {
      const [first] = own.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
      return {
        name,
        description: "",
        created_by: first?.created_by ?? "",
        created_at: first?.created_at ?? "",
        tokens: own.filter(({ status }) => status === "active").length,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
