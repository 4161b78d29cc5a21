/** Whom to ask where nobody says which issuer is meant. */
import type { Context } from "../context.ts";
import type { Ability } from "../providers/choose.ts";
import type { Provider } from "../providers/provider.ts";

/** An issuer with one of its abilities. */
export type Able<Group extends Ability> = Provider & Required<Pick<Provider, Group>>;

/** The default issuer; where several products are in use, each of them. None, where they lack the ability. */
export function issuersWith<Group extends Ability>(ability: Group, context: Context): Able<Group>[] {
  const { default_provider: usual, providers } = context;
  return providers.filter(
    (one): one is Able<Group> =>
      one.configured &&
      one[ability] !== undefined &&
      (usual === undefined ? one.id !== "local" : one.id === usual),
  );
}
