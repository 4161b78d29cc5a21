/** Narrowing and reading tokens. All of it works without Fly.io, as long as apps are named by their numbers. */
import { inWords, type Limit } from "../../expiry.ts";
import { attenuate } from "../../macaroon/attenuate.ts";
import { evaluate } from "../../macaroon/evaluate.ts";
import { explain } from "../../macaroon/explain.ts";
import { formatHeader, macaroonsOf, parseHeader } from "../../macaroon/header.ts";
import type { Macaroon } from "../../macaroon/macaroon.ts";
import type { Names } from "../../macaroon/words.ts";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import { Secret } from "../../secret.ts";
import type { Explanation, Restrict, Restrictions } from "../provider.ts";
import { authorizationOf, type Bag, bagOf } from "./authorization.ts";
import { checkAccess } from "./check.ts";
import type { Lookup } from "./lookup.ts";
import type { Machines } from "./machines.ts";
import { nothingLeft } from "./nothing-left.ts";
import { caveatsFor, windowUntil } from "./restrictions.ts";

/** No token that anybody made says more; one that was made to fill an agent's context may. */
const mostSentences = 200;

interface Parts {
  lookup: Lookup;
  machines: Machines;
  now: Seams["now"];
}

export function restrictOf({ lookup, machines, now }: Parts): Restrict {
  return {
    async narrow(secret, restrictions, limit) {
      const bag = macaroonsIn(secret);
      const header = authorizationOf(bag, "machines");
      const apps = await lookup.apps(restrictions.apps ?? [], bag);
      const narrowed = attenuate(header, caveatsFor(restrictions, apps, now(), limit));
      if (narrowed === formatHeader(macaroonsOf(parseHeader(header))))
        throw new Problem(
          "invalid_input",
          "The token has these restrictions already.",
          "Use the token as it is, or take more away.",
        );
      const narrower = withinLimit(narrowed, limit, now());
      const names = {
        apps: Object.fromEntries(apps.flatMap(({ number, name }) => (name ? [[number, name]] : []))),
      };
      const explanation = explained(narrower, now(), names);
      return {
        secret: new Secret(narrower),
        explanation: {
          ...explanation,
          sentences: [
            ...uselessness(narrower, restrictions, now()),
            ...explanation.sentences,
            ...(bag.others.length > 0 ? ["The user's own token that was beside it is not in it."] : []),
            "It dies with the token that it was made from, and no list shows it.",
          ],
        },
      };
    },
    explain: async (secret) => explained(authorizationOf(macaroonsIn(secret), "machines"), now(), {}),
    check: async (secret, access) =>
      checkAccess(macaroonsIn(secret), access, { lookup, machines, now: now() }),
  };
}

/** What is given out anew ends by the operator's limit, although what it was made from may not. */
function withinLimit(header: string, limit: Limit | undefined, now: Date): string {
  if (!limit) return header;
  const { expires_at } = explained(header, now, {});
  if (expires_at !== null && Date.parse(expires_at) - now.getTime() <= limit.longest) return header;
  return attenuate(header, [windowUntil(inWords(limit.longest), now, limit)]);
}

/** Why the token is of no use, or not of the one that it is to be for. */
function uselessness(header: string, restrictions: Restrictions, now: Date): string[] {
  const { commands = [], command_prefixes = [] } = restrictions;
  const permissions = macaroonsOf(parseHeader(header), "permission");
  if (permissions.every(({ caveats }) => nothingLeft(caveats)))
    return [
      "IT ALLOWS NOTHING: what the other token may do and these restrictions have nothing in common, or exclude each other.",
    ];
  const runs = [...commands, ...command_prefixes];
  return runs.length === 0 || runs.some((command) => mayRun(permissions, command, now))
    ? []
    : ["IT RUNS NONE OF THESE COMMANDS: the token that it was made from may not."];
}

/** Somewhere, on a machine of an app of an organization that it names; how long it lives is another matter. */
function mayRun(permissions: readonly Macaroon[], command: readonly string[], now: Date): boolean {
  return permissions.some(({ caveats }) => {
    const lasting = caveats.filter(({ name }) => name !== "ValidityWindow" && name !== "3P");
    const [org = 1] = lasting.flatMap((one) => (one.name === "Organization" ? [one.body.id] : []));
    const apps = lasting.flatMap((one) => (one.name === "Apps" ? (one.body.apps ?? []) : []));
    const machines = lasting.flatMap((one) => (one.name === "Machines" ? (one.body.machines ?? []) : []));
    const inApps = new Set(apps.length > 0 ? apps.map(([id]) => id) : [1]);
    const onMachines = new Set(machines.length > 0 ? machines.map(([id]) => id) : ["any"]);
    return [...inApps].some((app) =>
      [...onMachines].some((machine) =>
        // Which of them Fly.io asks for is not written anywhere.
        ["C", "w"].some((action) => evaluate(lasting, { action, org, app, machine, command }, now).allowed),
      ),
    );
  });
}

function explained(header: string, now: Date, names: Names): Explanation {
  const { sentences: all, expires_at } = explain(header, { now, names });
  const sentences =
    all.length > mostSentences
      ? [
          ...all.slice(0, mostSentences - 1),
          `It says ${all.length - mostSentences} more things, and then: ${all.at(-1)}`,
        ]
      : all;
  const end = new Date(Number(expires_at) * 1000);
  const isNever = expires_at === null || Number.isNaN(end.getTime());
  return { sentences, expires_at: isNever ? null : end.toISOString() };
}

/** @throws Problem `unsupported` for a value that is none of Fly.io's macaroons */
function macaroonsIn(secret: Secret): Bag {
  const bag = bagOf(secret);
  if (bag.macaroons.length > 0) return bag;
  throw new Problem(
    "unsupported",
    "This value is no macaroon of Fly.io's, and only those hold conditions; a user's own token (fo1_…) holds none.",
    "Use a token of Fly.io that begins with fm2_; generate_token with flyio makes one.",
  );
}
