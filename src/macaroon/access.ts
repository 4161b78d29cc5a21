/** What somebody wants to do with a token: one action on one thing. */
import { MacaroonFault } from "./fault.ts";
import { maskOf } from "./mask.ts";
import type { Integer } from "./reader.ts";

export interface Access {
  /** Letters of `rwcdC`; none for what needs no action, such as a mutation. */
  action: string;
  /** Fly.io's internal numbers, not names. */
  org?: Integer | undefined;
  app?: Integer | undefined;
  org_feature?: string | undefined;
  storage_object?: string | undefined;
  machine?: string | undefined;
  volume?: string | undefined;
  app_feature?: string | undefined;
  machine_feature?: string | undefined;
  command?: readonly string[] | undefined;
  cluster?: string | undefined;
  mutation?: string | undefined;
  /** From where it is asked. */
  source_machine?: string | undefined;
  source_app?: string | undefined;
  source_organization?: string | undefined;
}

/**
 * The actions of an access as a mask, after its parts were found to go together (superfly/macaroon, flyio.Access).
 * @throws MacaroonFault `bad_caveat` with a sentence that says what does not fit
 */
export function checkAccess(access: Access): number {
  const named = (...keys: (keyof Access)[]) => keys.filter((key) => access[key] !== undefined);
  const wrong = (sentence: string): never => {
    throw new MacaroonFault("bad_caveat", sentence);
  };
  if (access.org === undefined) wrong("An access names its organization.");
  for (const id of [access.org, access.app])
    if (id !== undefined && !isId(id)) wrong("Organizations and apps have natural numbers.");
  const one = (group: (keyof Access)[]) => {
    const both = named(...group);
    if (both.length > 1) wrong(`An access names one thing: not both ${both.join(" and ")}.`);
  };
  one(["app", "org_feature", "storage_object"]);
  one(["machine", "volume", "app_feature"]);
  one(["machine_feature", "command"]);
  const [inApp] = named("machine", "volume", "app_feature");
  if (inApp && access.app === undefined) wrong(`An access with ${inApp} names its app.`);
  const [inMachine] = named("machine_feature", "command");
  if (inMachine && access.machine === undefined) wrong(`An access with ${inMachine} names its machine.`);
  if (access.cluster !== undefined && access.org_feature !== "litefs-cloud")
    wrong("An access to a cluster is one to the feature litefs-cloud.");
  return maskOf(access.action);
}

function isId(id: unknown): boolean {
  return typeof id === "bigint" ? id >= 0n : Number.isSafeInteger(id) && Number(id) >= 0;
}
