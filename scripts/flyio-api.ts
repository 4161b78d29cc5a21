/** Fly.io's API as types and documents, so that what runs needs no GraphQL package. */
import { codegen } from "@graphql-codegen/core";
import * as operationTypes from "@graphql-codegen/typescript-operations";
import {
  buildASTSchema,
  type DocumentNode,
  Kind,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
  validate,
} from "graphql";

/**
 * @param schema SDL @param operations GraphQL text @param sources their paths, for the head of the file
 * @throws Error for operations that do not fit the schema
 */
export async function flyioApi(schema: string, operations: string, sources: string): Promise<string> {
  const sdl = parse(schema);
  const document = parse(operations);
  const errors = validate(buildASTSchema(sdl), document);
  if (errors.length > 0) throw new Error(errors.map(String).join("\n\n"));
  const types = await codegen({
    schema: sdl,
    documents: [{ document, location: "operations.graphql" }],
    filename: "api.generated.ts",
    config: {},
    pluginMap: { types: operationTypes },
    plugins: [
      {
        types: {
          scalars: { ID: "string", BigInt: "string | number", ISO8601DateTime: "string", JSON: "unknown" },
          skipTypename: true,
          enumsAsTypes: true,
          useTypeImports: true,
          immutableTypes: true,
        },
      },
    ],
  });
  return [
    `// Written by \`npm run generate\` from ${sources}.`,
    types.trim(),
    "",
    "/** The text of an operation, with the types of what it takes and gives. */",
    "export type Document<Result, Variables> = string & { readonly result?: Result; readonly variables?: Variables };",
    ...constants(document),
    "",
  ].join("\n");
}

/** Each operation by itself, followed by the fragments that it uses. */
function constants(document: DocumentNode): string[] {
  return Object.entries(separateOperations(document)).flatMap(([name, { definitions }]) => {
    const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
    const fragments = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
    const isMutation = operations.some((one) => one.operation === OperationTypeNode.MUTATION);
    const type = `${name}${isMutation ? "Mutation" : "Query"}`;
    const constant = type.charAt(0).toLowerCase() + type.slice(1);
    const text = [...operations, ...fragments].map((one) => print(one).replace(/\s+/g, " ")).join(" ");
    return [
      "",
      `export const ${constant} =`,
      `  ${JSON.stringify(text)} as Document<${type}, ${type}Variables>;`,
    ];
  });
}
