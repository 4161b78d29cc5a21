/** POST /graphql: reads a request, remembers it, carries it out. */
import {
  type DocumentNode,
  execute,
  type GraphQLError,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { type Answer, json } from "./answer.ts";
import { mutations } from "./mutations.ts";
import { queries } from "./queries.ts";
import { schema } from "./schema.ts";
import { operationIn, selectedFields } from "./selections.ts";
import type { Session } from "./session.ts";

/** What was asked, for a test to look at. */
export interface GraphqlRequest {
  /** The operation's name, if it has one. */
  name: string | undefined;
  kind: string;
  query: string;
  variables: Record<string, unknown>;
  /** Of the Authorization header. */
  scheme: string;
  /** Every field that is selected, as a path: `app.limitedAccessTokens.nodes.id`. */
  fields: string[];
}

export interface Parsed {
  request: GraphqlRequest;
  document: DocumentNode;
  operation: OperationDefinitionNode;
}

/** @returns the refusal of a body that is no request of this schema, as the product answers it: with HTTP 200 */
export function parseGraphql(body: string, scheme: string): Parsed | Answer {
  try {
    const { query, variables, operationName } = JSON.parse(body);
    const document = parse(query);
    const errors = validate(schema, document);
    const operation = operationIn(document, operationName);
    if (errors.length > 0 || !operation) return errorsOf(errors);
    const request = {
      name: operation.name?.value,
      kind: operation.operation,
      query,
      variables: variables ?? {},
      scheme,
      fields: selectedFields(document, operation),
    };
    return { request, document, operation };
  } catch (error) {
    return json({ errors: [{ message: `Parse error: ${(error as Error).message}` }] });
  }
}

export async function executeGraphql(parsed: Parsed, session: Session): Promise<Answer> {
  const { document, request } = parsed;
  const result = await execute({
    schema,
    document,
    variableValues: request.variables,
    operationName: request.name,
    rootValue: request.kind === "mutation" ? mutations(session) : queries(session),
  });
  return json(result);
}

function errorsOf(errors: readonly GraphQLError[]): Answer {
  return json({ errors: errors.length > 0 ? errors : [{ message: "No operation was named." }] });
}
