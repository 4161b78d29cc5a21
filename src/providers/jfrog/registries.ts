/** Where packages are, and whose a token is. */
import type { Config } from "../../config.ts";
import type { Seams } from "../../seams.ts";
import type { Registries } from "../provider.ts";
import { endpointOf } from "./endpoints.ts";
import { introspect } from "./introspect.ts";
import type { Known } from "./records.ts";
import { type Keys, keysAt } from "./repositories.ts";

/** @param found is told the keys that were found */
export function registriesOf(
  open: () => Known,
  config: Config,
  fetch: Seams["fetch"],
  found: (keys: Keys) => void,
): Registries {
  return {
    async endpoint(ecosystem) {
      const { session } = open();
      const keys = await keysAt(session, config);
      found(keys);
      return endpointOf(ecosystem, session.credential.url, keys);
    },
    introspect: (secret, origin) => introspect(secret, open(), fetch, origin),
  };
}
