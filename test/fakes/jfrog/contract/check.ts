/** Where a request, and the fake's own answer to it, depart from the contract. */
import type { Received } from "../../../providers/server.ts";
import type { Answer } from "../answer.ts";
import { jsonIn } from "../request.ts";
import { type Match, operationOf, type Parameter, resolve } from "./contract.ts";
import { misfits, type Schema } from "./schema.ts";

/** Of the endpoints that the contract is about; what package managers ask for is not. */
const described = /^\/access\/|^\/artifactory\/api\/(repositories|system)(\/|$)/;

export function violationsOf(received: Received, { pathname, searchParams }: URL): string[] {
  if (!described.test(pathname)) return [];
  const match = operationOf(received.method, pathname);
  if (!match) return ["is not in the contract"];
  return [...inParameters(match, searchParams), ...inCredential(match, received), ...inBody(match, received)];
}

/** A fake that answers what the contract does not say would lead its users astray. */
export function departuresOf(received: Received, { pathname }: URL, answer: Answer): string[] {
  const match = described.test(pathname) ? operationOf(received.method, pathname) : undefined;
  if (!match) return [];
  const { responses } = match.operation;
  const response = responses[answer.status];
  if (!response) return [`is answered with ${answer.status}, which is not in the contract`];
  const { content } = resolve(response);
  const schema = content?.["application/json"]?.schema;
  if (schema) return misfits(schema, answer.body, "the answer", resolve);
  return content || answer.body === undefined ? [] : ["the answer has a body"];
}

function inParameters({ parameters, path }: Match, query: URLSearchParams): string[] {
  const asked = [...query.keys()];
  const names = parameters.filter((one) => one.in === "query").map(({ name }) => name);
  const unknown = asked.filter((name) => !names.includes(name)).map((name) => `?${name} is unknown`);
  const twice = asked
    .filter((name, index) => asked.indexOf(name) !== index)
    .map((name) => `?${name} comes twice`);
  return [...unknown, ...twice, ...parameters.flatMap((one) => inParameter(one, path, query))];
}

function inParameter(parameter: Parameter, path: Record<string, string>, query: URLSearchParams): string[] {
  const { name, in: place, required, schema } = parameter;
  const text = place === "path" ? decodeURIComponent(path[name] ?? "") : query.get(name);
  if (text === null) return required ? [`?${name} is missing`] : [];
  return misfits(schema, readAs(schema, text), place === "path" ? name : `?${name}`, resolve);
}

function readAs(schema: Schema, text: string): unknown {
  const { type } = resolve(schema);
  return type === "boolean" || type === "integer" ? jsonIn(text) : text;
}

/** A credential where none is asked for has been given away. */
function inCredential({ operation }: Match, { headers }: Received): string[] {
  const { security = [{ token: [] }] } = operation;
  const { authorization } = headers;
  if (security.length === 0) return authorization ? ["has a credential that is not asked for"] : [];
  const optional = security.some((one) => Object.keys(one).length === 0);
  if (authorization === undefined) return optional ? [] : ["has no credential"];
  return /^Bearer \S+$/.test(authorization) ? [] : ["has a credential that is no bearer token"];
}

function inBody({ operation }: Match, { headers, body }: Received): string[] {
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  if (!schema) return body === "" ? [] : ["has a body"];
  if (body === "") return operation.requestBody?.required ? ["has no body"] : [];
  const type = headers["content-type"]?.split(";")[0]?.trim();
  const wrongType = type === "application/json" ? [] : [`has a body of type ${type}`];
  const value = jsonIn(body);
  return value === undefined
    ? [...wrongType, "has a body that is no JSON"]
    : [...wrongType, ...misfits(schema, value, "body", resolve)];
}
