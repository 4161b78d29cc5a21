/** Which kind of token a request is for, and whether its parts go together. */
import { Problem } from "../../problem.ts";
import type { FlyioRequest, IssueRequest } from "../provider.ts";

/** Fly.io's own kinds, and a token for several apps. */
export type Kind = NonNullable<FlyioRequest["kind"]> | "apps";

type Part = Exclude<keyof FlyioRequest, "kind">;

interface Rule {
  /** What Fly.io knows it as. */
  profile: "deploy" | "deploy_organization" | "litefs_cloud";
  needs?: Part;
  may: readonly Part[];
}

const rules: Readonly<Record<Kind, Rule>> = {
  deploy: { profile: "deploy", needs: "app", may: ["org"] },
  org: { profile: "deploy_organization", may: ["org"] },
  apps: { profile: "deploy_organization", needs: "apps", may: ["org"] },
  readonly: { profile: "deploy_organization", may: ["app", "apps", "org"] },
  ssh: { profile: "deploy", needs: "app", may: ["org"] },
  "machine-exec": {
    profile: "deploy",
    needs: "app",
    may: ["org", "commands", "command_prefixes"],
  },
  wireguard: { profile: "deploy_organization", may: ["org"] },
  "litefs-cloud": { profile: "litefs_cloud", needs: "cluster", may: ["org"] },
};

/** A read-only token for one app is made from a deploy token. */
export function profileOf(kind: Kind, app: unknown): Rule["profile"] {
  return kind === "readonly" && app !== undefined ? "deploy" : rules[kind].profile;
}

/** `kind` decides over `permission`. @throws Problem `invalid_input` for parts that contradict each other */
export function kindOf({ permission, flyio = {} }: Pick<IssueRequest, "permission" | "flyio">): Kind {
  const { app, apps, kind: named } = flyio;
  if (app !== undefined && apps)
    throw new Problem(
      "invalid_input",
      "A token is for one app or for several, not both.",
      "Leave out app, or apps.",
    );
  const kind = named === "org" && apps ? "apps" : (named ?? unnamed(permission, flyio));
  const { needs, may } = rules[kind];
  if (needs && flyio[needs] === undefined)
    throw new Problem(
      "invalid_input",
      `The kind ${kind} needs ${needs}, and there is none.`,
      `Say which: ${needs}.`,
    );
  const stranger = (Object.keys(flyio) as (keyof FlyioRequest)[]).find(
    (part): part is Part =>
      part !== "kind" && part !== needs && flyio[part] !== undefined && !may.includes(part),
  );
  if (stranger === undefined) return kind;
  const takers = (Object.keys(rules) as Kind[]).filter(
    (one) => one !== "apps" && (rules[one].needs === stranger || rules[one].may.includes(stranger)),
  );
  throw new Problem(
    "invalid_input",
    `${stranger} does not go with ${named ? `the kind ${named}` : `a token of the kind ${kind}, which this one would be`}.`,
    `Leave it out, or name a kind that takes it.`,
    { allowed: takers },
  );
}

function unnamed(permission: IssueRequest["permission"], { app, apps }: FlyioRequest): Kind {
  if (permission === "read_only") return "readonly";
  return app !== undefined ? "deploy" : apps ? "apps" : "org";
}
