/** Which secret of which app, as Fly.io names them, and how its value is written down for flyctl. */
import { Problem } from "../../problem.ts";
import { redact } from "../../secret.ts";
import type { Destination } from "../delivery.ts";
import { refuseStrangers } from "../destination.ts";

export interface Place {
  app: string;
  name: string;
}

/** @throws Problem `invalid_input`; what was given is not repeated, and no token gets into argv as a name */
export function placeOf(destination: Destination): Place {
  refuseStrangers("fly_secrets", destination, ["in", "name"]);
  const { in: app = "", name = "FLY_TOKEN" } = destination;
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(app))
    throw new Problem(
      "invalid_input",
      "deliver_in does not name an app of Fly.io.",
      "Call again with deliver_in and a name that `flyctl apps list` shows.",
    );
  if (!/^[A-Za-z_]\w*$/.test(name) || redact(name) !== name)
    throw new Problem(
      "invalid_input",
      "deliver_name is not a name that Fly.io takes for a secret.",
      "Use letters, digits and _ alone, with no digit in front.",
    );
  return { app, name };
}

/** For people: `the secret FLY_TOKEN of the Fly.io app web`. */
export const spoken = ({ app, name }: Place) => `the secret ${name} of the Fly.io app ${app}`;

/**
 * What `flyctl secrets import` reads exactly: internal/command/secrets/parser.go of superfly/flyctl takes off spaces in
 * front, quotes around and a CR at the end, makes a heredoc of `"""`, and forgets a line longer than 64 KiB.
 * @throws Problem `unsupported`
 */
export function lineOf({ name }: Place, value: string): string {
  if (value.length <= 60_000 && /^[!#-~](?:[ -~]*[!-~])?$/.test(value)) return `${name}=${value}\n`;
  throw new Problem(
    "unsupported",
    "`flyctl secrets import` would not read this value as it is.",
    "Call again with another deliver_to.",
  );
}
