/** The keys of the team's repositories: as configured, as the platform lists them, else those of JFrog Fly. */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { Repository, Session } from "./session.ts";

/** Each kind of repository with its usual keys, the most usual first, and its type at the platform. */
const kinds = {
  npm: { keys: ["npm"], type: "npm" },
  pypi: { keys: ["pypi", "pip"], type: "pypi" },
  docker: { keys: ["docker"], type: "docker" },
  helm: { keys: ["helmoci"], type: "helmoci" },
  go: { keys: ["go"], type: "go" },
  maven: { keys: ["maven"], type: "maven" },
  gradle: { keys: ["gradle"], type: "gradle" },
  nuget: { keys: ["nuget"], type: "nuget" },
  generic: { keys: ["generic"], type: "generic" },
} as const satisfies Record<string, { keys: readonly [string, ...string[]]; type: string }>;

export type Kind = keyof typeof kinds;
export type Keys = Readonly<Record<Kind, string>>;

const names = Object.keys(kinds) as Kind[];

/** @throws Problem `not_configured` for a setting that names no kind */
function configuredKeys({ jfrog_repositories }: Config): Partial<Keys> {
  const stranger = Object.keys(jfrog_repositories).find((name) => !names.some((one) => one === name));
  if (stranger === undefined) return jfrog_repositories;
  throw new Problem(
    "not_configured",
    `FLY_TOKENS_JFROG_REPOSITORIES names "${stranger.slice(0, 40)}", which is no kind of repository.`,
    "Correct it.",
    { allowed: names },
  );
}

/** What is configured, else what is there. @throws Problem as `configuredKeys`, and when the platform cannot be asked */
export async function keysAt(session: Session, config: Config): Promise<Keys> {
  const configured = configuredKeys(config);
  const listed = await session.repositories();
  const keys = names.map((name) => [name, configured[name] ?? keyIn(listed, name)] as const);
  const found = Object.fromEntries(keys) as Keys;
  // The key of older teams; where there is no list, one has to look.
  if (listed || configured.pypi !== undefined) return found;
  const isThere = (key: string) => session.isThere(`/api/pypi/${key}/simple/`);
  return !(await isThere("pypi")) && (await isThere("pip")) ? { ...found, pypi: "pip" } : found;
}

/** The usual keys, as far as the platform's list does not say otherwise. */
function keyIn(listed: readonly Repository[] | undefined, name: Kind): string {
  const { keys, type } = kinds[name];
  const ofType = (listed ?? []).filter(({ packageType }) => packageType.toLowerCase() === type);
  const usual = keys.find((key) => ofType.some((one) => one.key === key));
  // With several others it is not for us to choose.
  const virtual = ofType.filter((one) => one.type.toUpperCase() === "VIRTUAL");
  const only = virtual.length === 1 ? virtual[0] : ofType.length === 1 ? ofType[0] : undefined;
  return usual ?? only?.key ?? keys[0];
}

/** For people: those that are not called after their kind are named with it. */
export function inWords(keys: Keys): string {
  return names.map((name) => (keys[name] === name ? name : `${name}=${keys[name]}`)).join(", ");
}
