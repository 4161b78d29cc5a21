/** A request for a token, checked and with everything that it names looked up. */
import type { Config } from "../../config.ts";
import type { CaveatJson } from "../../macaroon/caveat.ts";
import { Problem } from "../../problem.ts";
import { type Mark, newMark } from "../mark.ts";
import { checkedName } from "../name.ts";
import type { IssueRequest } from "../provider.ts";
import { type CreateLimitedAccessTokenInput, viewerQuery } from "./api.generated.ts";
import type { Ask } from "./graphql.ts";
import { type Kind, kindOf, profileOf } from "./kinds.ts";
import { labelled } from "./label.ts";
import { commandsCaveat } from "./narrow.ts";
import { type Target, targetOf } from "./target.ts";
import { goDuration } from "./wording.ts";

export interface Order {
  kind: Kind;
  target: Target;
  /** Which of them may be run, for the kind that is about that. */
  commands: CaveatJson;
  /** What is sent; the name is still without its mark. */
  input: CreateLimitedAccessTokenInput;
  mark: Mark;
  /** Whether the caller has given an idempotency key. */
  isKeyed: boolean;
}

/** @throws Problem `invalid_input`, `not_found`, `unsupported` */
export async function orderOf(ask: Ask, request: IssueRequest, config: Config, now: Date): Promise<Order> {
  const { flyio = {}, idempotency_key } = request;
  if (request.environment !== undefined)
    throw new Problem(
      "unsupported",
      "Fly.io has no environments: there an app is what is deployed.",
      "Leave out environment, and name the app (flyio.app).",
    );
  const kind = kindOf(request);
  const { app: appName, apps, org, cluster, commands, command_prefixes } = flyio;
  const name = labelled(checkedName(request.name), kind, apps !== undefined);
  const runnable = commandsCaveat({ commands, command_prefixes });
  const expiry = goDuration(request.expires_at, now);
  const target = await targetOf(ask, { app: appName, apps, org }, config);
  const { organization, app } = target;
  const profile = profileOf(kind, app);
  const profileParams =
    profile === "deploy" ? { app_id: app?.id } : profile === "litefs_cloud" ? { cluster } : {};
  const input = { name, organizationId: organization.id, profile, profileParams, expiry };
  // Its end is no part of what makes it another request: "in 30 days" is another moment when it is said again.
  const numbers = target.apps?.map(({ number }) => number);
  const asked = [kind, name, organization.id, profileParams, numbers, commands, command_prefixes];
  return {
    kind,
    target,
    commands: runnable,
    input,
    mark: newMark(idempotency_key && `${await callerOf(ask)} ${idempotency_key}`, asked),
    isKeyed: idempotency_key !== undefined,
  };
}

/** Two members of an organization may well choose the same key: it is one person's own. */
async function callerOf(ask: Ask): Promise<string> {
  try {
    const { viewer } = await ask(viewerQuery, {});
    return (viewer?.__typename === "User" ? viewer.email : viewer?.address) ?? "";
  } catch (error) {
    // Who may not even ask that may make no token: what is asked next says so better.
    if (error instanceof Problem && error.code === "unauthorized") return "";
    throw error;
  }
}
