import type { Config } from "../config.ts";
import { local } from "./local/index.ts";
import type { Provider } from "./provider.ts";

/** Every provider, configured or not. */
export function providers(
  config: Config,
  seams: { fetch: typeof globalThis.fetch; now: () => Date },
): readonly Provider[] {
  return [local(config, seams)];
}
