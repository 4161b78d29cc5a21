/** The world in which a wrong call is made, and what becomes of it. A new one for each: nothing carries over. */
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempHome } from "../support/home.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";
import { type Outcome, repair } from "./scripted-agent.ts";
import type { WrongCall } from "./wrong-calls.ts";

const rules = { environments: { production: { protected: true } } };

/** The operator's settings. */
const settings: Partial<Record<NonNullable<WrongCall["stage"]>, Record<string, string>>> = {
  "read-only": { FLY_TOKENS_READ_ONLY: "true" },
  "several issuers": {
    FLY_API_TOKEN: "fo1_a-token-of-nobody",
    JFROG_URL: "http://127.0.0.1:9",
    JFROG_ACCESS_TOKEN: "a-token-of-nobody",
  },
  "no inline secrets": { FLY_TOKENS_INLINE_SECRETS: "deny" },
  approval: { FLY_TOKENS_CONFIRM: "always" },
  "short lives": { FLY_TOKENS_MAX_EXPIRY: "7d" },
  down: { JFROG_URL: "http://127.0.0.1:9", JFROG_ACCESS_TOKEN: "a-token-of-nobody" },
};

export interface Played extends Outcome {
  isRight: boolean;
}

/** Makes the call, lets the agent repair it, and looks whether it ended where it should. */
export async function play(call: WrongCall): Promise<Played> {
  let seconds = 0;
  let refusals = 0;
  await using home = await tempHome();
  const FLY_TOKENS_POLICY =
    call.stage === "protected" && (await home.write("policy.json", JSON.stringify(rules)));
  const options: WorldOptions = {
    env: { ...settings[call.stage ?? "tracked"], ...(FLY_TOKENS_POLICY && { FLY_TOKENS_POLICY }) },
    now: () => new Date(Date.now() + seconds * 1000),
    fetch: (real) => async (input, init) => {
      const { pathname } = new URL(typeof input === "object" && "url" in input ? input.url : input);
      const busy = call.stage === "busy" && pathname.endsWith("/tokens") && refusals > 0;
      return busy ? new Response("{}", { status: 429, headers: { "retry-after": "30" } }) : real(input, init);
    },
  };
  await using world = await openWorld(options);
  const { client } = await world.connect({ era: "modern" });
  const known = await furnish(world, call);
  refusals = 1;
  if (call.stage === "late") seconds = 11 * 60;
  const filled = JSON.parse(fill(call.args, known)) as Record<string, unknown>;
  const outcome = await repair(client, call.tool, filled, call.facts ?? {}, {
    agrees: call.agrees === true,
    wait: (asked) => {
      seconds += asked;
      refusals = 0;
    },
  });
  const last = outcome.calls.at(-1)?.args ?? {};
  const wanted = JSON.parse(fill(call.with ?? {}, known)) as Record<string, unknown>;
  const isRight =
    outcome.end === call.ends &&
    (call.says?.test(outcome.said) ?? true) &&
    Object.entries(wanted).every(([key, value]) => JSON.stringify(last[key]) === JSON.stringify(value)) &&
    world.faults.length === 0;
  return { ...outcome, isRight };
}

const fill = (value: unknown, known: Record<string, string>) =>
  JSON.stringify(value).replace(/\$(\w+)/g, (all, name: string) => known[name] ?? all);

/** Two environments, two tokens, a project; and for some stages what makes them so. */
async function furnish(world: World, { stage }: WrongCall): Promise<Record<string, string>> {
  for (const name of ["production", "staging"])
    await world.registry.call("POST", "/environments", { name, description: "" });
  const { token } = await world.registry.mint({ name: "ci-bot" });
  const { token: old } = await world.registry.mint({ name: "old-bot" });
  await world.registry.call("POST", `/tokens/${old.id}/revoke`);
  const web = join(world.home, "web");
  await mkdir(web);
  await writeFile(join(web, "package.json"), "{}\n");
  if (stage === "tracked") {
    await writeFile(join(web, ".env"), "PORT=3000\n");
    const git = (...args: string[]) => execFileSync("git", ["-C", web, ...args], { stdio: "ignore" });
    git("init", "-q");
    git("add", ".env");
  }
  if (stage !== "late") return { id: token.id, old: old.id };
  const { call } = await world.connect();
  const { data } = await call("revoke_token", { ids: [token.id] });
  const { confirmation } = (data as Record<string, { confirmation: string }>).confirmation_required ?? {
    confirmation: "",
  };
  return { id: token.id, old: old.id, confirmation };
}
