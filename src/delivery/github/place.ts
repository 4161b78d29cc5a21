/** Which secret of which repository, as GitHub names them. */
import { Problem, quote } from "../../problem.ts";
import { redact } from "../../secret.ts";
import type { Destination } from "../delivery.ts";
import { refuseStrangers } from "../destination.ts";

export interface Place {
  /** `OWNER/REPO`, without a sign that means something in a URL. */
  repository: string;
  /** Absent: the secret is the repository's. Any characters that people see. */
  environment: string | undefined;
  /** In capitals, as GitHub keeps it. */
  name: string;
}

/** @throws Problem `invalid_input`; what was given is not repeated, and no token gets into a URL or argv as a name */
export function placeOf(destination: Destination): Place {
  refuseStrangers("github_actions", destination, ["in", "name"]);
  const { in: where = "", name = "FLY_TOKEN" } = destination;
  if (!/^[A-Za-z_]\w*$/.test(name) || /^GITHUB_/i.test(name) || redact(name) !== name)
    throw new Problem(
      "invalid_input",
      "deliver_name is not a name that GitHub takes for a secret.",
      "Use letters, digits and _ alone, with no digit and no GITHUB_ in front.",
    );
  // The name of an environment may have slashes itself.
  const [, repository, environment] = /^([^/]+\/[^/]+)(?:\/(.+))?$/s.exec(where) ?? [];
  if (!repository || !/^[\w-]{1,39}\/(?!\.{1,2}$)[\w.-]{1,100}$/.test(repository) || redact(where) !== where)
    throw new Problem(
      "invalid_input",
      "deliver_in does not name a repository of GitHub.",
      "Call again with deliver_in OWNER/REPO, or OWNER/REPO/ENVIRONMENT.",
    );
  // In a URL dots are steps, however they are written.
  if (environment !== undefined && /^\.{1,2}$|^\s|\s$|[\p{C}\p{Zl}\p{Zp}]/u.test(environment))
    throw new Problem(
      "invalid_input",
      "deliver_in does not name an environment of the repository.",
      `Use a name that ${repository} has under Settings, Environments.`,
    );
  return { repository, environment, name: name.toUpperCase() };
}

/** For people: `the secret FLY_TOKEN of acme/web (environment production)`. */
export function spoken({ repository, environment, name }: Place): string {
  return `the secret ${name} of ${repository}${environment === undefined ? "" : ` (environment ${quote(environment)})`}`;
}

/** What somebody else has put there is never replaced. */
export function taken(place: Place): Problem {
  return new Problem(
    "conflict",
    `${capital(spoken(place))} is there already.`,
    "Call again with another deliver_name, or delete that secret at GitHub first.",
  );
}

/** The answer to a write got lost: the caller revokes the token, and nobody can read back what stands there. */
export function perhapsWritten(problem: Problem, place: Place): Problem {
  return new Problem(
    problem.code,
    `${problem.message} Whether ${spoken(place)} was written is not known: it may hold a value that is dead.`,
    `If it is there, delete it (gh secret delete, or the repository's settings) before you try again. ${problem.fix}`,
    { cause: problem, ...(problem.retry_after !== undefined && { retry_after: problem.retry_after }) },
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
