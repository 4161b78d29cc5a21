import type { Config } from "../config.ts";
import type { Seams } from "../seams.ts";
import { flyio } from "./flyio/index.ts";
import { jfrog } from "./jfrog/index.ts";
import { local } from "./local/index.ts";
import type { Provider } from "./provider.ts";

/** Every provider, configured or not. */
export function providers(config: Config, seams: Seams): readonly Provider[] {
  return [local(config, seams), flyio(config, seams), jfrog(config, seams)];
}
