/**
 * What is to be taken away from a token, as caveats. Each narrows what the others have left.
 *
 * To run a command on a machine is a request that names the command. Whoever may run one has to find the machine first,
 * so `commands` leave reading besides; with `apps`, reading those apps alone.
 */

import { expiresAt, type Limit } from "../../expiry.ts";
import type { CaveatJson } from "../../macaroon/caveat.ts";
import { Problem } from "../../problem.ts";
import type { Restrictions } from "../provider.ts";
import { actionsOf } from "./actions.ts";
import { appsCaveat, commandsCaveat, everyAction } from "./narrow.ts";

/** Seconds by which the clocks of Fly.io and of this machine may differ. */
const skew = 60;

/**
 * @param apps those that are named, with their numbers @param limit the operator's, of a life
 * @throws Problem `invalid_input` for restrictions that leave nothing, or take nothing away; `forbidden` beyond the limit
 */
export function caveatsFor(
  restrictions: Restrictions,
  apps: readonly { number: string }[],
  now: Date,
  limit?: Limit,
): CaveatJson[] {
  const {
    read_only,
    actions,
    machines,
    volumes,
    commands,
    command_prefixes,
    expires,
    caveats = [],
  } = restrictions;
  const mask = actions === undefined ? everyAction : actionsOf(actions);
  checkTogether(restrictions, mask);
  const found: CaveatJson[] = [
    ...(read_only ? [{ type: "Action", body: "r" }] : []),
    ...(actions === undefined ? [] : [{ type: "Action", body: mask }]),
    ...(apps.length > 0 ? [appsCaveat(apps, mask)] : []),
    ...placesOf(machines, volumes, mask),
    ...(commands || command_prefixes ? [commandsCaveat({ commands, command_prefixes })] : []),
    ...(expires === undefined ? [] : [windowUntil(expires, now, limit)]),
    ...(caveats as unknown as CaveatJson[]),
  ];
  if (found.length > 0) return found;
  throw new Problem(
    "invalid_input",
    "Nothing is taken away from the token.",
    "Name at least one restriction, such as read_only, apps or expires.",
  );
}

/** A request names a machine or a volume, never both: caveats side by side would leave nothing. */
function placesOf(
  machines: readonly string[] | undefined,
  volumes: readonly string[] | undefined,
  mask: string,
): CaveatJson[] {
  const set = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, mask]));
  const all = [
    ...(machines ? [{ type: "Machines", body: { machines: set(machines) } }] : []),
    ...(volumes ? [{ type: "Volumes", body: { volumes: set(volumes) } }] : []),
  ];
  return all.length < 2 ? all : [{ type: "IfPresent", body: { ifs: all, else: "" } }];
}

/** @throws Problem `invalid_input`, `forbidden` beyond the limit */
export function windowUntil(expires: string, now: Date, limit: Limit | undefined): CaveatJson {
  const end = expiresAt(expires, now, limit);
  if (end === null)
    throw new Problem(
      "invalid_input",
      "A narrower token ends with the one that it is made from.",
      "Leave out expires, or name a time.",
    );
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  return { type: "ValidityWindow", body: { not_before: seconds(now) - skew, not_after: seconds(end) } };
}

function checkTogether(
  { read_only, actions, apps, machines, volumes, commands, command_prefixes }: Restrictions,
  mask: string,
): void {
  const wrong = (sentence: string, fix: string): never => {
    throw new Problem("invalid_input", sentence, fix);
  };
  if (actions !== undefined && mask === everyAction)
    wrong(
      "The actions are all that there are: that takes nothing away.",
      "Leave out actions, or name fewer.",
    );
  if ([apps, machines, volumes].some((list) => list?.length === 0))
    wrong("A list is empty.", "Name at least one, or leave it out.");
  if ([...(machines ?? []), ...(volumes ?? [])].some((id) => id.trim() === ""))
    wrong(
      "The id of a machine or volume is empty, which would mean all of them.",
      "Name it, or leave it out.",
    );
  if (!commands && !command_prefixes) return;
  if (read_only || mask === "r")
    wrong(
      "A token that may only read runs no commands.",
      "Leave out read_only: commands leave nothing but reading besides.",
    );
  if (volumes && !machines)
    wrong(
      "Commands run on machines, and a token for volumes alone reaches none.",
      "Name the machines, or leave out volumes.",
    );
}
