/** As much of JSON Schema as the contract uses. An unknown keyword in the contract is an error, so that none is passed over. */

export interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  pattern?: string;
  format?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
}

const known =
  /^(type|properties|required|additionalProperties|items|anyOf|enum|minLength|maxLength|minimum|pattern|format|description|default|examples)$/;

const formats: Record<string, RegExp> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

type Resolve = (schema: Schema) => Schema;

/** @returns a sentence for everything that does not fit, beginning with where */
export function misfits(given: Schema, value: unknown, at: string, resolve: Resolve): string[] {
  const schema = resolve(given);
  const unknown = Object.keys(schema).filter((keyword) => !known.test(keyword));
  if (unknown.length > 0)
    throw new Error(`The contract uses ${unknown}, which contract/schema.ts does not know.`);
  if (schema.anyOf) {
    const fits = schema.anyOf.some((one) => misfits(one, value, at, resolve).length === 0);
    return fits ? [] : [`${at} has none of its forms`];
  }
  if (schema.type !== undefined && !isOf(schema.type, value)) return [`${at} is no ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is none of ${schema.enum.join(", ")}`];
  if (typeof value === "string") return inText(schema, value, at);
  if (typeof value === "number")
    return schema.minimum !== undefined && value < schema.minimum ? [`${at} is below ${schema.minimum}`] : [];
  if (Array.isArray(value))
    return value.flatMap((one, index) => misfits(schema.items ?? {}, one, `${at}[${index}]`, resolve));
  return isOf("object", value) ? inObject(schema, value as Record<string, unknown>, at, resolve) : [];
}

/** Lengths as the platform's own language counts them, which is JavaScript's way too. */
function inText(schema: Schema, value: string, at: string): string[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format } = schema;
  const found: string[] = [];
  if (value.length < minLength) found.push(`${at} is shorter than ${minLength} characters`);
  if (value.length > maxLength) found.push(`${at} is longer than ${maxLength} characters`);
  if (pattern !== undefined && !new RegExp(pattern).test(value))
    found.push(`${at} is not of the form ${pattern}`);
  if (format !== undefined && !formats[format]?.test(value)) found.push(`${at} is no ${format}`);
  return found;
}

function inObject(schema: Schema, value: Record<string, unknown>, at: string, resolve: Resolve): string[] {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
  const inside = Object.entries(value).flatMap(([name, one]) => {
    const property = properties[name];
    if (property) return misfits(property, one, `${at}.${name}`, resolve);
    return additionalProperties ? [] : [`${at}.${name} is unknown`];
  });
  return [...missing, ...inside];
}

function isOf(type: string, value: unknown): boolean {
  if (type === "integer") return Number.isSafeInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
