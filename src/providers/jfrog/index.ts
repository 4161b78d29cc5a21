/** The provider `jfrog`: tokens of the JFrog Platform on which JFrog Fly stands. */
import type { Config } from "../../config.ts";
import type { Seams } from "../../seams.ts";
import type { Secret } from "../../secret.ts";
import { folderState } from "../../state/open.ts";
import type { State } from "../../state/state.ts";
import type { Provider } from "../provider.ts";
import { Credentials, needs } from "./credential.ts";
import { environmentsOf } from "./environments.ts";
import { identityOf } from "./identity.ts";
import { Journal } from "./journal.ts";
import type { Known } from "./records.ts";
import { registriesOf } from "./registries.ts";
import { inWords, type Keys } from "./repositories.ts";
import { sessions } from "./session.ts";
import { tokensOf } from "./tokens.ts";

/** @param config settings @param seams `fetch` and `now` @param state where its tokens are remembered */
export function jfrog(
  config: Config,
  { fetch, now }: Pick<Seams, "fetch" | "now">,
  state: State = folderState(config.folders.state, now),
): Provider {
  const credentials = new Credentials(config);
  const journal = new Journal(state);
  const session = sessions(credentials, fetch);
  const open = (): Known => ({ session: session(), journal, now });
  const cautions = new WeakMap<Secret, readonly string[]>();
  let keys: Keys | undefined;
  return {
    id: "jfrog",
    title: "JFrog Fly",
    // Asked each time: somebody may log in while this runs.
    get configured() {
      return credentials.configured;
    },
    needs,
    get url() {
      return credentials.url;
    },
    tokens: tokensOf({ open, config, cautions }),
    environments: environmentsOf(open),
    registries: registriesOf(open, config, fetch, (found) => {
      keys = found;
    }),
    identity: identityOf(session),
    cautions: (secret) => cautions.get(secret) ?? [],
    notes: () => credentials.notes(),
    facts: () =>
      keys ? [`Its repositories: ${inWords(keys)}. FLY_TOKENS_JFROG_REPOSITORIES names others.`] : [],
  };
}
