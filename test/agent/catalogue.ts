/** What a client is shown, as it is configured. */
import { tempHome } from "../support/home.ts";
import { openWorld } from "../support/world.ts";
import type { Advertised } from "./scores.ts";

export const settings = {
  default: {},
  "with Fly.io": { FLY_API_TOKEN: "fo1_a-token-of-nobody" },
  "with JFrog Fly": { JFROG_URL: "http://127.0.0.1:9", JFROG_ACCESS_TOKEN: "a-token-of-nobody" },
  "with Fly.io, production protected": { FLY_API_TOKEN: "fo1_a-token-of-nobody", FLY_TOKENS_POLICY: "" },
  "read-only": { FLY_TOKENS_READ_ONLY: "true" },
} satisfies Record<string, Record<string, string>>;

export type Setting = keyof typeof settings;

export interface Catalogue {
  tools: readonly Advertised[];
  prompts: readonly unknown[];
  instructions: string;
}

/** Asks a server by a client of today's protocol. */
export async function catalogueOf(setting: Setting): Promise<Catalogue> {
  await using home = await tempHome();
  const rules = { environments: { production: { protected: true } } };
  const path = await home.write("policy.json", JSON.stringify(rules));
  const env: Record<string, string> = { ...settings[setting] };
  if (env.FLY_TOKENS_POLICY !== undefined) env.FLY_TOKENS_POLICY = path;
  await using world = await openWorld({ env });
  const { client } = await world.connect({ era: "modern" });
  const { tools } = await client.listTools();
  const { prompts } = await client.listPrompts();
  return { tools, prompts, instructions: client.getInstructions() ?? "" };
}
