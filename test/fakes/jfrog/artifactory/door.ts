/** Who may come to Artifactory: with a token as Bearer, or as the password beside its own user's name. */
import { type Answer, artifactoryError } from "../answer.ts";
import type { Caller } from "../caller.ts";
import type { Incoming, Known } from "../request.ts";

export function artifactory(endpoint: (request: Known) => Answer): (request: Incoming) => Answer {
  return (request) => {
    const { caller } = request;
    return caller.kind === "token" ? endpoint({ ...request, token: caller.token }) : refusal(caller);
  };
}

/** "expired" is in the source of a client of the platform; the other words are taken to follow. */
export function refusal({ reason }: Caller & { kind: "nobody" }): Answer {
  return {
    ...artifactoryError(401, messages[reason] ?? `Token failed verification: ${reason}`),
    headers: { "www-authenticate": 'Basic realm="Artifactory Realm"' },
  };
}

const messages: Partial<Record<string, string>> = {
  missing: "Authentication is required",
  mismatch: "Bad credentials",
};
