/** What an agent's context pays for us: characters of what is listed, and of typical results. */
import { openWorld } from "../support/world.ts";
import { catalogueOf, type Setting, settings } from "./catalogue.ts";

export interface Cost {
  what: string;
  characters: number;
  /** What it may cost at most. */
  bound: number;
}

/** An estimate: four characters of English and JSON to a token, as models' makers say for a rule of thumb. */
export const tokens = (characters: number) => Math.ceil(characters / 4);

const smaller: Partial<Record<Setting, number>> = { "read-only": 6_000, "for callers elsewhere": 9_000 };

/** Of everything that every client loads into every conversation. */
export async function costsOfLists(): Promise<Cost[]> {
  const lists = [];
  for (const setting of Object.keys(settings) as Setting[]) {
    const { listed } = await catalogueOf(setting);
    lists.push({
      what: `tools/list, ${setting}`,
      characters: listed.tools.length,
      bound: smaller[setting] ?? 14_000,
    });
  }
  const { listed, instructions } = await catalogueOf("default");
  return [
    ...lists,
    { what: "instructions", characters: instructions.length, bound: 2_048 },
    { what: "prompts/list", characters: listed.prompts.length, bound: 3_000 },
  ];
}

/** Of each tool's entry, with Fly.io in use: then it is the longest. */
export async function costsOfTools(): Promise<Cost[]> {
  const { tools } = await catalogueOf("with Fly.io");
  return tools.map((tool) => ({ what: tool.name, characters: JSON.stringify(tool).length, bound: 2_200 }));
}

/** Of whole results, text and structure together, as they come over the wire. */
export async function costsOfResults(): Promise<Cost[]> {
  await using world = await openWorld();
  const { call } = await world.connect({ era: "modern" });
  for (let n = 1; n <= 50; n++) await world.registry.mint({ name: `service ${n}` });
  const made = await call("generate_token", { name: "deploy" });
  const { wire: status } = await call("get_status");
  const { wire: list } = await call("list_tokens", { limit: 50 });
  const { wire: configured } = await call("configure_package_manager", { manager: "npm" });
  const { wire: checked } = await call("check_package_manager", { manager: "npm" });
  const { wire: error } = await call("generate_token", { name: "x", permission: "admin" });
  const { wire: longest } = await call("configure_package_manager", { manager: "apt-get" });
  const { wire: plan } = await call("revoke_token", { filter: { name: "service 1" } });
  return [
    { what: "get_status", characters: status.length, bound: 6_500 },
    { what: "list_tokens, 50 tokens", characters: list.length, bound: 25_000 },
    { what: "generate_token", characters: made.wire.length, bound: 1_200 },
    { what: "configure_package_manager, npm", characters: configured.length, bound: 3_000 },
    { what: "check_package_manager, npm", characters: checked.length, bound: 1_200 },
    { what: "revoke_token, the plan for 11", characters: plan.length, bound: 4_000 },
    { what: "a refusal", characters: error.length, bound: 600 },
    { what: "the refusal with the longest list of what is allowed", characters: longest.length, bound: 800 },
  ];
}
