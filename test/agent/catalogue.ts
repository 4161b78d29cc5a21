/** What a client is shown, as the server is configured. */

import { tempHome } from "../support/home.ts";
import { openWorld, type WorldOptions } from "../support/world.ts";
import type { Advertised } from "./scores.ts";

const flyio = { FLY_API_TOKEN: "fo1_a-token-of-nobody" };
const jfrog = { JFROG_URL: "http://127.0.0.1:9", JFROG_ACCESS_TOKEN: "a-token-of-nobody" };

interface Setup {
  env?: Record<string, string>;
  policy?: object;
  /** Callers are on other machines. */
  remote?: boolean;
}

/** The operator's settings, by what they are called in the tables. */
export const settings = {
  default: {},
  "with Fly.io": { env: flyio },
  "with JFrog Fly": { env: jfrog },
  "with both": { env: { ...flyio, ...jfrog } },
  "with Fly.io, production protected": {
    env: flyio,
    policy: { environments: { production: { protected: true } } },
  },
  "read-only": { env: { FLY_TOKENS_READ_ONLY: "true" } },
  "for callers elsewhere": { remote: true },
} satisfies Record<string, Setup>;

export type Setting = keyof typeof settings;

export interface Catalogue {
  tools: readonly Advertised[];
  /** All that tools/list answers, and prompts/list. */
  listed: { tools: string; prompts: string };
  instructions: string;
}

/** Asks a server by a client of today's protocol. */
export async function catalogueOf(setting: Setting): Promise<Catalogue> {
  await using home = await tempHome();
  const { env = {}, policy, remote = false }: Setup = settings[setting];
  const options: WorldOptions = {
    remote,
    env: {
      ...env,
      ...(policy && { FLY_TOKENS_POLICY: await home.write("policy.json", JSON.stringify(policy)) }),
    },
  };
  await using world = await openWorld(options);
  const { client } = await world.connect({ era: "modern" });
  const { tools } = await client.listTools();
  const { prompts } = await client.listPrompts();
  return {
    tools,
    listed: { tools: JSON.stringify({ tools }), prompts: JSON.stringify({ prompts }) },
    instructions: client.getInstructions() ?? "",
  };
}
