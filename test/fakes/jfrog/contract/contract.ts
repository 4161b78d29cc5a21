/** openapi/jfrog-access.yaml, read: which operation a request is, and what it says of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Schema } from "./schema.ts";

interface Content {
  content?: Record<string, { schema: Schema }>;
}

export interface Parameter {
  name: string;
  in: "query" | "path";
  required?: boolean;
  schema: Schema;
}

/** References inside of it are not followed yet. */
export interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content & { $ref?: string }>;
  /** Absent: as for the whole contract, a token. */
  security?: object[];
}

type PathItem = { parameters?: Parameter[] } & Record<string, Operation>;

interface Contract {
  paths: Record<string, PathItem>;
}

const file = join(import.meta.dirname, "../../../../openapi/jfrog-access.yaml");
const contract: Contract & Record<string, unknown> = parse(readFileSync(file, "utf8"));

const paths = Object.entries(contract.paths).map(([template, item]) => ({
  // What a path names outright comes before what it leaves open.
  open: template.includes("{"),
  pattern: new RegExp(`^${template.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
  item,
}));
paths.sort((a, b) => Number(a.open) - Number(b.open));

export interface Match {
  operation: Operation;
  parameters: Parameter[];
  /** The values of the path's own parameters. */
  path: Record<string, string>;
}

export function operationOf(method: string, path: string): Match | undefined {
  for (const { pattern, item } of paths) {
    const match = pattern.exec(path);
    if (!match) continue;
    const operation = item[method.toLowerCase()];
    if (!operation) return undefined;
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
    return { operation, parameters, path: { ...match.groups } };
  }
  return undefined;
}

/** What a local reference (`#/components/…`) means. */
export function resolve<Node extends object>(node: Node): Node {
  if (!("$ref" in node)) return node;
  const steps = String(node.$ref).replace("#/", "").split("/");
  let found: unknown = contract;
  for (const step of steps) found = (found as Record<string, unknown>)[step];
  return resolve(found as Node);
}
