import type { Config } from "../config.ts";
import type { Seams } from "../seams.ts";
import type { State } from "../state/state.ts";
import { flyio } from "./flyio/index.ts";
import { jfrog } from "./jfrog/index.ts";
import { local } from "./local/index.ts";
import type { Provider } from "./provider.ts";

/** Every provider, configured or not. @param state where they remember what their issuers do not tell */
export function providers(config: Config, seams: Seams, state: State): readonly Provider[] {
  return [local(config, seams), flyio(config, seams, state), jfrog(config, seams, state)];
}
