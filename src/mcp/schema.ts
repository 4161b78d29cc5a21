/** Arguments: advertised as JSON Schema, checked by ourselves, so that the errors are ours. */
import * as z from "zod";
import { nearest } from "../nearest.ts";
import { Problem, quote } from "../problem.ts";

type Json = Record<string, unknown>;

/** What somebody calls an argument that they put a secret into. */
const forSecrets = /^((access|api|auth|bearer)_?)?(token|secret|password|key|credentials?)$/i;

/**
 * JSON Schema (2020-12, MCP's default) without the parts that only cost an agent's context. Nothing in it is closed: a
 * client that checks by it lets pass what is understood and not advertised.
 */
export function argumentsOf(schema: z.ZodObject): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema: part }) => {
      dropTheObvious(part);
      delete part.additionalProperties;
    },
  });
  return json;
}

/** @param path of what agents are not told of */
export function leaveOut(json: Json, [name = "", ...rest]: readonly string[]): void {
  const properties = json.properties as Record<string, Json> | undefined;
  const part = properties?.[name];
  if (!properties || !part) return;
  if (rest.length > 0) {
    leaveOut(part, rest);
    return;
  }
  delete properties[name];
  const required = ((json.required ?? []) as string[]).filter((one) => one !== name);
  if (required.length > 0) json.required = required;
  else delete json.required;
}

/** What is checked all the same, with a sentence that says so; and what goes without saying of what is left out. */
function dropTheObvious(part: Json): void {
  if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
  if (part.minimum === Number.MIN_SAFE_INTEGER || part.minimum === 1) delete part.minimum;
  for (const limit of ["minLength", "maxLength", "minItems", "maxItems"]) delete part[limit];
  if (part.default === false || part.default === "") delete part.default;
}

/**
 * Checks a tool's arguments.
 * @throws Problem `invalid_input` that names the argument, what would have been accepted and the nearest of it; what
 *   was given is not repeated, since it may be a secret that was put in the wrong place
 */
export function parseInput<Schema extends z.ZodObject>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt name first: what is missing is often just that.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const where = issue?.path.join(".") || "the arguments";
  if (issue?.code === "unrecognized_keys") {
    const allowed = namesAt(schema, issue.path);
    const unknown = quote(issue.keys[0] ?? "", 40);
    const argument = [...issue.path, unknown].join(".");
    const sentence = `There is no argument "${unknown}".`;
    // Under a name that is alike, it would be handed in once more.
    if (forSecrets.test(unknown))
      throw new Problem("invalid_input", sentence, "Leave it out: no argument takes a secret.", {
        argument,
        allowed,
      });
    // Nobody's consent is guessed at.
    const candidates = allowed.filter((name) => name !== "confirmation");
    throw new Problem("invalid_input", sentence, "Use only the arguments of the tool's schema.", {
      argument,
      allowed,
      ...nearest(unknown, candidates),
    });
  }
  if (issue?.code === "invalid_value") {
    const allowed = issue.values.map(String);
    const given = valueAt(value, issue.path);
    throw new Problem(
      "invalid_input",
      `The argument ${where} must be one of: ${allowed.join(", ")}.`,
      "Call again with one of these.",
      { argument: where, allowed, ...(typeof given === "string" && nearest(given, allowed)) },
    );
  }
  if (issue?.code === "invalid_type" && issue.path.length > 0 && valueAt(value, issue.path) === undefined)
    throw new Problem("invalid_input", `The argument ${where} is missing.`, "Add it and call again.", {
      argument: where,
    });
  const meant = issue?.code === "invalid_format" ? spelt(valueAt(value, issue.path), issue.pattern) : {};
  throw new Problem(
    "invalid_input",
    `The argument ${where} is not valid: ${issue?.message ?? "unknown reason"}.`,
    "Correct it and call again.",
    { ...(issue && issue.path.length > 0 && { argument: where }), ...meant },
  );
}

/** "Load Tests" as a name of small letters, where those are wanted. Nothing that is as long as a secret is repeated. */
function spelt(given: unknown, pattern: string | undefined): { did_you_mean?: string } {
  if (typeof given !== "string" || given.length > 30) return {};
  const small = given
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  const [, source] = /^\/(.*)\/$/.exec(pattern ?? "") ?? [];
  return source !== undefined && new RegExp(source).test(small) ? { did_you_mean: small } : {};
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** The names that the object at a path of the schema knows. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const [key, ...rest] = path;
  const object = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (!(object instanceof z.ZodObject)) return [];
  return key === undefined
    ? Object.keys(object.shape)
    : namesAt((object.shape as Record<PropertyKey, z.ZodType>)[key] ?? z.never(), rest);
}
