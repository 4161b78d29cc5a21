/** The provider `local` for a registry at some address, with a home of its own. */
import { loadConfig } from "../../../src/config.ts";
import { local } from "../../../src/providers/local/index.ts";
import type { Provider } from "../../../src/providers/provider.ts";
import { realSeams, type Seams } from "../../../src/seams.ts";

/** @param home the folder of everything that it keeps */
export function openLocal(
  home: string,
  env: { FLY_TOKENS_LOCAL_URL: string; FLY_TOKENS_LOCAL_KEY?: string; FLY_TOKENS_REGISTRY_LISTEN?: string },
  seams: Partial<Seams> = {},
): Provider & Required<Pick<Provider, "tokens" | "environments" | "registries" | "identity" | "close">> {
  const all = { ...realSeams(), home, cwd: home, ...seams };
  const sources = { flags: {}, env: { ...env, FLY_TOKENS_HOME: home }, cwd: home, home };
  const provider = local(loadConfig({ ...sources, platform: all.platform }), all);
  const { tokens, environments, registries, identity, close } = provider;
  if (!tokens || !environments || !registries || !identity || !close) throw new Error("It lacks something.");
  return { ...provider, tokens, environments, registries, identity, close };
}
