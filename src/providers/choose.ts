/** Which provider a call is for. */
import { nearest } from "../nearest.ts";
import { Problem, quote } from "../problem.ts";
import type { Provider } from "./provider.ts";

export type Ability = "tokens" | "environments" | "registries" | "identity" | "restrict";

/** How a call says which provider it is for: by name, or by arguments that only Fly.io understands. */
export interface Choice {
  provider?: string | undefined;
  flyio?: object | undefined;
}

/** @throws Problem `invalid_input` for Fly.io's arguments with another provider's name */
export function chosen({ provider, flyio }: Choice): string | undefined {
  if (!flyio) return provider;
  if (provider === undefined || provider === "flyio") return "flyio";
  throw new Problem(
    "invalid_input",
    `The argument flyio means nothing to the provider "${quote(provider, 40)}".`,
    "Leave one of the two out.",
    { argument: "flyio" },
  );
}

/**
 * The provider that is named, else the only one that is configured beside the local registry, else the local registry;
 * where that one lacks the ability and a single other has it, that other.
 * @throws Problem `not_found`, `not_configured` when there are several and none is named, `unsupported`
 */
export function useProvider<Group extends Ability>(
  providers: readonly Provider[],
  ability: Group,
  id?: string,
): { provider: Provider } & Required<Pick<Provider, Group>> {
  const provider = id === undefined ? defaultFor(ability, providers) : providers.find((one) => one.id === id);
  if (!provider && id === undefined)
    throw new Problem(
      "not_configured",
      "Several providers are configured.",
      "Name one with `provider`, or set FLY_TOKENS_PROVIDER.",
      { argument: "provider", allowed: idsOf(providers.filter((one) => one.configured)) },
    );
  if (!provider)
    throw new Problem(
      "not_found",
      `There is no provider "${quote(id ?? "", 40)}".`,
      "Name one of those that get_status lists.",
      { argument: "provider", allowed: idsOf(providers), ...nearest(id ?? "", idsOf(providers)) },
    );
  if (!provider.configured && !needsNobody(ability))
    throw new Problem(
      "not_configured",
      [`${provider.title} is not configured.`, ...(provider.notes?.() ?? [])].join(" "),
      provider.needs ?? "get_status says which settings it needs.",
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

function defaultFor(ability: Ability, providers: readonly Provider[]): Provider | undefined {
  const usual = defaultProvider(providers);
  if (usual?.[ability]) return usual;
  const able = providers.filter((one) => one[ability] && (one.configured || needsNobody(ability)));
  return able.length === 1 ? able[0] : usual;
}

/** A token that somebody holds can be narrowed without asking anyone. */
function needsNobody(ability: Ability): boolean {
  return ability === "restrict";
}

/** `undefined` when several products are configured: never guess whose credential to use. */
export function defaultProvider(providers: readonly Provider[]): Provider | undefined {
  const products = providers.filter((one) => one.configured && one.id !== "local");
  return products.length < 2 ? (products[0] ?? providers.find((one) => one.id === "local")) : undefined;
}

function idsOf(providers: readonly Provider[]): string[] {
  return providers.map(({ id }) => id);
}
