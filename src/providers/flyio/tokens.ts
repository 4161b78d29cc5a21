/** Tokens at Fly.io. There is no `delete`: what was revoked stays on record until it would have ended by itself. */
import type { Config } from "../../config.ts";
import { Problem } from "../../problem.ts";
import type { Seams } from "../../seams.ts";
import { pageOf } from "../page.ts";
import type { Tokens } from "../provider.ts";
import { Turns } from "../turns.ts";
import type { Credentials } from "./credential.ts";
import type { Fingerprints } from "./fingerprints.ts";
import type { Ask } from "./graphql.ts";
import { issue } from "./issue.ts";
import { kindOf } from "./kinds.ts";
import { labelIn } from "./label.ts";
import { model } from "./model.ts";
import { orderOf } from "./order.ts";
import { recordById, recordsIn } from "./records.ts";
import { revoke } from "./revoke.ts";
import { weaknessOf } from "./weakness.ts";

interface Parts {
  ask: Ask;
  config: Config;
  credentials: Credentials;
  fingerprints: Fingerprints;
  now: Seams["now"];
}

export function tokensOf({ ask, config, credentials, fingerprints, now }: Parts): Tokens {
  const turns = new Turns();
  return {
    async issue(request) {
      try {
        const order = await orderOf(ask, request, config, now());
        const grant = await turns.take(order.mark.call, () => issue(ask, order, now));
        if (grant.secret) await fingerprints.remember(grant.secret, grant.token.id);
        return grant;
      } catch (error) {
        throw await whyNotMade(error, credentials, now());
      }
    },
    permissionOf: (request) => (kindOf(request) === "readonly" ? "read_only" : "custom"),
    check: async (request) => void (await orderOf(ask, request, config, now())),
    async list(query) {
      // Nothing at Fly.io belongs to an environment.
      const records = query.environment === undefined ? await recordsIn(ask, query.flyio ?? {}, config) : [];
      return pageOf(
        records.map((record) => model(record, now())),
        query,
        // The label in front of a name is no part of it.
        ({ name }) => name.slice(labelIn(name)?.text.length ?? 0),
      );
    },
    get: async (id) => model(await recordById(ask, id), now()),
    revoke: (id) => revoke(ask, id),
  };
}

/** Fly.io's own word for it, UNAUTHORIZED, sounds as if the token were no good. */
async function whyNotMade(error: unknown, credentials: Credentials, now: Date): Promise<unknown> {
  if (!(error instanceof Problem) || !["unauthorized", "forbidden"].includes(error.code)) return error;
  const { bag, source } = await credentials.get();
  const isScoped = bag.macaroons.length > 0 && bag.others.length === 0;
  if (!isScoped || weaknessOf(bag, now)) return error;
  return new Problem(
    "forbidden",
    `The credential in ${source} is a token itself, and Fly.io lets only users make tokens: a scoped token makes no others.`,
    "Log in as a user with `fly auth login` and leave FLY_ACCESS_TOKEN and FLY_API_TOKEN unset, or set FLY_API_TOKEN to a user's own token (fo1_…). To narrow the token at hand use restrict_token, which asks nobody.",
    { cause: error },
  );
}
