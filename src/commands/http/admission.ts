/** Who may call `fly-tokens http`, from its settings; and what is said of it at the start. */
import { admission } from "../../callers/admission.ts";
import { knownBearers } from "../../callers/bearers.ts";
import type { Admission } from "../../callers/caller.ts";
import type { Exposure } from "../../callers/exposure.ts";
import { issuerKeys } from "../../callers/issuer-keys.ts";
import { localBearer } from "../../callers/local-bearer.ts";
import { faultLine } from "../../log.ts";
import type { Invocation } from "../command.ts";

export interface Admitting {
  admission: Admission;
  /** For stderr; without a secret. */
  lines: readonly string[];
}

/** @throws Problem as `knownBearers` and `localBearer` */
export async function admissionFor(
  { anonymous, authenticated, remote, resource }: Exposure,
  { config, seams, log }: Pick<Invocation, "config" | "seams" | "log">,
): Promise<Admitting> {
  const { http_callers, http_token, oauth_issuer: issuer, oauth_audience, oauth_jwks_url } = config;
  const lines = remote && resource !== undefined ? [`callers reach it at ${resource}`] : [];
  if (anonymous)
    lines.push("--anonymous: every program of every user of this machine can make and revoke tokens here");
  const own = anonymous || authenticated ? undefined : await localBearer(config.folders.state);
  if (own) lines.push(`its bearer is in ${own.file} (0600), for the header Authorization: Bearer …`);
  const oauth =
    issuer === undefined
      ? undefined
      : {
          issuer,
          audience: oauth_audience === undefined ? forms(resource) : [oauth_audience],
          now: seams.now,
          keys: issuerKeys({
            issuer,
            address: oauth_jwks_url,
            fetch: seams.fetch,
            now: seams.now,
            report: (error) => log.error(faultLine(error)),
          }),
        };
  return { admission: admission(knownBearers(http_callers, http_token ?? own?.bearer), oauth), lines };
}

/** An address without a path is written with and without a slash. */
function forms(resource: string | undefined): string[] {
  return resource === undefined ? [] : [...new Set([resource, new URL(resource).href])];
}
