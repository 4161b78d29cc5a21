/**
 * Every delivery puts a token in its place, and fails at it in words that quote the token; a rotation does both there, too.
 * Wherever something comes out, no value may be seen, not even before the last net has passed it.
 */
import { rm } from "node:fs/promises";
import { expect, it } from "vitest";
import { deliveries } from "../src/delivery/index.generated.ts";
import { flyctl, flyctlFolder } from "./fakes/flyctl.ts";
import { startFakeGithub } from "./fakes/github/fake.ts";
import { gh, ghFolder } from "./fakes/github/gh.ts";
import { kubectl, kubectlFolder } from "./fakes/kubectl.ts";
import { Canaries } from "./support/canaries.ts";
import { type Machine, openMachine } from "./support/machine.ts";
import { foundIn, heldIn, outletsOf } from "./support/outlets.ts";
import { played, shownIn } from "./support/played.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const words = (value: string) =>
  `Error: "${value}" ${base64(`admin:${value}`)} ${encodeURIComponent(`?${value}`)} ${"x ".repeat(80)}${value}`;

interface Stage {
  args?: Record<string, unknown>;
  env?: Record<string, string>;
  programs?: Record<string, string>;
  /** From now on it is refused, and what was to be written is quoted. */
  refuse?(here: Machine, quoted: string): unknown;
  /** As before. */
  allow?(here: Machine): unknown;
  /** What was sent, beside what `outletsOf` has. */
  sent?(): string;
  /** What has no place for a value here, and says so before there is one. */
  isImpossible?: boolean;
  /** Where nobody can say after a refusal whether it was written: a rotation waits until it can be carried on. */
  isUnsure?: boolean;
}

/** In a file: what a stand-in says instead of doing its work, or what is in the way. */
function saying(file: string, text = (quoted: string) => quoted): Pick<Stage, "refuse" | "allow"> {
  let before: string | undefined;
  return {
    async refuse(here, quoted) {
      before = await here.read(file);
      await here.write(file, text(quoted));
    },
    allow: (here) => (before === undefined ? rm(here.at(file), { force: true }) : here.write(file, before)),
  };
}

function inTheWay(file: string): Pick<Stage, "refuse" | "allow"> {
  let before: string | undefined;
  return {
    async refuse(here, quoted) {
      before = await here.read(file);
      await rm(here.at(file), { force: true });
      await here.write(`${file}/words`, quoted);
    },
    async allow(here) {
      await rm(here.at(file), { recursive: true });
      if (before !== undefined) await here.write(file, before);
    },
  };
}

const github = await startFakeGithub();
const stages: Record<string, Stage> = {
  inline: {},
  // A folder is in the way, or what stands there by then makes no sense; the value is in it.
  file: { args: { deliver_path: "kept" }, ...inTheWay("kept") },
  env_file: saying(".env", (quoted) => `FLY_TOKEN='${quoted}\n`),
  keychain: { isImpossible: true },
  kubernetes: { programs: { kubectl }, ...saying(`${kubectlFolder}/refuse`) },
  github_actions: {
    args: { deliver_in: "acme/web" },
    env: { GITHUB_API_URL: github.url, FLY_TOKENS_GITHUB_TOKEN: github.token },
    refuse: (_here, message) =>
      Object.assign(github.faults, { put: { status: 422, body: { message, errors: [message] } } }),
    allow: () => delete github.faults.put,
    sent: () => JSON.stringify(github.requests.map(({ path, body }) => [path, body])),
  },
  "github_actions, by gh": {
    args: { deliver_in: "acme/web" },
    programs: { gh },
    isUnsure: true,
    ...saying(`${ghFolder}/refuse-set`),
  },
  fly_secrets: {
    args: { deliver_in: "web" },
    programs: { flyctl },
    isUnsure: true,
    ...saying(`${flyctlFolder}/refuse-import`),
  },
  reveal_page: {},
};

it("every delivery has its stage", () => {
  const named = new Set(Object.keys(stages).map((name) => name.replace(/,.*/, "")));
  expect([...named].sort()).toEqual(deliveries.map(({ id }) => id).sort());
});

it.for(Object.entries(stages))("%s: nothing of a value comes out", async ([name, stage]) => {
  if (stage.isImpossible && process.platform !== "linux") return;
  const canaries = new Canaries();
  let refuses = false;
  await using here: Machine = await openMachine({
    ...(stage.env && { env: stage.env }),
    ...(stage.programs && { programs: stage.programs }),
    minted: async () => {
      for (const value of here.values) canaries.add(value);
      if (refuses) await stage.refuse?.(here, here.values.map(words).join("\n"));
    },
  });
  for (const one of [here.registry.adminKey, github.token]) canaries.add(one);
  const asked = new Set<string>();
  const held: string[] = [];
  const { call, succeeded, failed } = played((await here.connect()).call, async (result) => {
    const shown = shownIn(result);
    if (shown !== undefined) asked.add(shown);
    held.push(...Object.keys(await heldIn(here, canaries)));
  });
  const deliver_to = name.replace(/,.*/, "");
  const place = { deliver_to, ...stage.args };
  const tried = async (tool: string, args: Record<string, unknown>) => {
    refuses = stage.refuse !== undefined;
    if (refuses) expect((await call(tool, args)).text).toMatch(/was revoked|it carries on/);
    refuses = false;
    await stage.allow?.(here);
    return call(tool, args);
  };

  const { data } = await tried("generate_token", { name: "delivered", ...place });
  const { id } = (data as { token?: { id: string } }).token ?? {};
  const byHand = deliver_to === "inline" || deliver_to === "reveal_page";
  if (!stage.isImpossible) await tried("rotate_token", { id, ...(byHand && place) });
  await call("find_leaks", { paths: ["."], include_ignored: true });

  const outlets = {
    ...(await outletsOf(here)),
    "what was said before the last net": here.said,
    "what was sent": [stage.sent?.() ?? ""],
  };
  const found = foundIn(outlets, canaries);
  expect(found).toEqual([...asked].map((value) => ({ where: "frames", value })));
  expect([...new Set(held)]).toEqual(stage.isUnsure ? ["minted"] : []);
  expect(here.faults).toEqual([]);

  // That it was as it was meant to be.
  expect([...failed]).toEqual(
    stage.isImpossible ? ["generate_token"] : stage.refuse ? ["generate_token", "rotate_token"] : [],
  );
  expect(succeeded.has("rotate_token")).toBe(!stage.isImpossible);
  const made = stage.isImpossible ? 0 : stage.refuse ? 4 : 2;
  expect(here.values).toHaveLength(stage.isUnsure ? made - 1 : made);
});
