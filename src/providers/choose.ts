/** Which provider a call is for. */
import { Problem } from "../problem.ts";
import type { Provider } from "./provider.ts";

export type Ability = "tokens" | "environments" | "registries" | "identity";

/**
 * The provider that is named, else the only one that is configured beside the local registry, else the local registry.
 * @throws Problem `not_found`, `not_configured` when there are several and none is named, `unsupported`
 */
export function useProvider<Group extends Ability>(
  providers: readonly Provider[],
  ability: Group,
  id?: string,
): { provider: Provider } & Required<Pick<Provider, Group>> {
  const provider = id === undefined ? defaultProvider(providers) : providers.find((one) => one.id === id);
  const ids = providers.map((one) => one.id);
  if (!provider && id === undefined)
    throw new Problem(
      "not_configured",
      "Several providers are configured.",
      "Name one with `provider`, or set FLY_TOKENS_PROVIDER.",
      { allowed: ids },
    );
  if (!provider)
    throw new Problem(
      "not_found",
      `There is no provider "${id?.slice(0, 40)}".`,
      "Name one of those that get_status lists.",
      { allowed: ids },
    );
  if (!provider.configured)
    throw new Problem(
      "not_configured",
      `${provider.title} is not configured.`,
      "get_status says which settings it needs.",
    );
  const group = provider[ability];
  if (group)
    return { provider, [ability]: group } as { provider: Provider } & Required<Pick<Provider, Group>>;
  const able = providers.filter((one) => one[ability]).map((one) => one.id);
  throw new Problem(
    "unsupported",
    `${provider.title} has no ${ability}.`,
    `Use ${able.join(" or ") || "another provider"}.`,
    { allowed: able },
  );
}

/** `undefined` when several products are configured: never guess whose credential to use. */
export function defaultProvider(providers: readonly Provider[]): Provider | undefined {
  const products = providers.filter((one) => one.configured && one.id !== "local");
  return products.length < 2 ? (products[0] ?? providers.find((one) => one.id === "local")) : undefined;
}
