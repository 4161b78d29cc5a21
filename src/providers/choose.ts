/** Which provider a call is for. */
import { Problem, quote } from "../problem.ts";
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
  if (!provider && id === undefined)
    throw new Problem(
      "not_configured",
      "Several providers are configured.",
      "Name one with `provider`, or set FLY_TOKENS_PROVIDER.",
      { allowed: idsOf(providers.filter((one) => one.configured)) },
    );
  if (!provider)
    throw new Problem(
      "not_found",
      `There is no provider "${quote(id ?? "", 40)}".`,
      "Name one of those that get_status lists.",
      { allowed: idsOf(providers) },
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
  const able = idsOf(providers.filter((one) => one[ability]));
  throw new Problem(
    "unsupported",
    `${provider.title} has no ${ability}.`,
    able.length > 0 ? `Use ${able.join(" or ")}.` : "No provider has it.",
    { allowed: able },
  );
}

/** `undefined` when several products are configured: never guess whose credential to use. */
export function defaultProvider(providers: readonly Provider[]): Provider | undefined {
  const products = providers.filter((one) => one.configured && one.id !== "local");
  return products.length < 2 ? (products[0] ?? providers.find((one) => one.id === "local")) : undefined;
}

function idsOf(providers: readonly Provider[]): string[] {
  return providers.map(({ id }) => id);
}
