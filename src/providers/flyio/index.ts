/** The provider `flyio`: tokens of Fly.io, as `fly tokens` makes them, and narrower ones. */
import type { Config } from "../../config.ts";
import type { Seams } from "../../seams.ts";
import { folderState } from "../../state/open.ts";
import type { State } from "../../state/state.ts";
import type { Provider } from "../provider.ts";
import { cautionsAbout } from "./cautions.ts";
import { Credentials } from "./credential.ts";
import { Fingerprints } from "./fingerprints.ts";
import { askGraphql } from "./graphql.ts";
import { identityOf } from "./identity.ts";
import { introspect } from "./introspect.ts";
import { Lookup } from "./lookup.ts";
import { Machines } from "./machines.ts";
import { registriesOf } from "./registries.ts";
import { restrictOf } from "./restrict.ts";
import { tokensOf } from "./tokens.ts";

/**
 * @param config settings
 * @param seams `fetch`, `now`, and where flyctl keeps its user's session
 * @param state where its tokens are remembered
 */
export function flyio(
  config: Config,
  seams: Pick<Seams, "fetch" | "now" | "home" | "cwd">,
  state: State = folderState(config.folders.state, seams.now),
): Provider {
  const { now } = seams;
  const credentials = new Credentials(config, seams);
  const fingerprints = new Fingerprints(state);
  const ask = askGraphql(config, seams, credentials);
  const machines = new Machines(config, seams);
  const lookup = new Lookup(ask, credentials);
  return {
    id: "flyio",
    title: "Fly.io",
    // Asked each time: somebody may log in with flyctl while this runs.
    get configured() {
      return credentials.configured;
    },
    needs: "Log in with `fly auth login`, or set FLY_API_TOKEN.",
    url: config.fly_api_base_url,
    tokens: tokensOf({ ask, config, credentials, fingerprints, now }),
    registries: registriesOf(config, (secret) => introspect(secret, { ask, machines, fingerprints, now })),
    identity: identityOf({ ask, machines, credentials, fingerprints }),
    restrict: restrictOf({ lookup, machines, now }),
    cautions: (secret) => cautionsAbout(secret, now()),
    notes: () => [...credentials.notes(), ...fingerprints.notes()],
    facts: () => fingerprints.notes(),
  };
}
