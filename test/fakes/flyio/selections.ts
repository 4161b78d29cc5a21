/** Which fields a request selects, so that a test can say which ones never are. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

export function operationIn(
  document: DocumentNode,
  name?: string | null,
): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  return name ? operations.find((one) => one.name?.value === name) : operations[0];
}

/** Paths of names, whatever their aliases: `organization.limitedAccessTokens.nodes.id`. Fragments are followed. */
export function selectedFields(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const fragments = new Map(
    document.definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one.selectionSet]),
  );
  const under = (set: SelectionSetNode | undefined, path: string): string[] =>
    (set?.selections ?? []).flatMap((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return under(fragments.get(one.name.value), path);
      if (one.kind === Kind.INLINE_FRAGMENT) return under(one.selectionSet, path);
      const here = path ? `${path}.${one.name.value}` : one.name.value;
      return [here, ...under(one.selectionSet, here)];
    });
  return under(operation.selectionSet, "");
}
