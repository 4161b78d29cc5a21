/** The members of the policy file (docs/policy.md), and what each means. Its form is made only where there is a file. */
import * as z from "zod";
import { deliveryIds } from "../delivery/destination.ts";
import { type Limit, lifetime } from "../expiry.ts";
import { Problem, quote } from "../problem.ts";
import type { Part, Permitted } from "./part.ts";
import { parseText } from "./text.ts";

export interface PolicyFile {
  path: string;
  inline_secrets?: "allow" | "deny" | undefined;
  confirm?: "auto" | "always" | undefined;
  read_only?: boolean | undefined;
  tools?: readonly string[] | undefined;
  /** The top, then each environment. */
  parts: readonly Part[];
}

const permissions = ["read_only", "read_write"] as const;
const lengths = 'is to be a length of time such as "90d", or {"read_only": "90d", "read_write": "30d"}';

function form() {
  const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
    z.enum(names, { error: `is to be one of: ${names.join(", ")}` });
  const listOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
    z.array(z.enum(names), { error: "is to be a list" }).optional();
  const flag = z.boolean({ error: "is to be true or false" }).optional();
  const length = z.string().transform((text, context) => {
    try {
      return lifetime(text);
    } catch {
      context.addIssue(lengths);
      return z.NEVER;
    }
  });
  const limits = {
    max_expiry: z
      .union([length, z.strictObject({ read_only: length.optional(), read_write: length.optional() })], {
        error: lengths,
      })
      .optional(),
    permissions: listOf(permissions),
    deliveries: listOf(deliveryIds),
  };
  const environment = z.strictObject({ ...limits, protected: flag }, { error: "is to be an object" });
  const file = z.strictObject({
    ...limits,
    inline_secrets: oneOf(["allow", "deny"]).optional(),
    // A file that asks for less than the settings would do nothing, and look as if it did.
    confirm: oneOf(["auto", "always"]).optional(),
    read_only: flag,
    tools: z.array(z.string(), { error: "is to be a list of names of tools" }).optional(),
    environments: z
      .record(z.string().regex(/^(\*|[a-z0-9-]{1,63})$/), environment, { error: "is to be an object" })
      .optional(),
  });
  return { file, members: { "": Object.keys(file.shape), environments: Object.keys(environment.shape) } };
}

/**
 * @param path for what it says
 * @throws Problem `not_configured` that names the file, the member, and what is accepted
 */
export function parsePolicy(text: string, path: string): PolicyFile {
  const { environments = {}, inline_secrets, confirm, read_only, tools, ...top } = checked(text, path);
  const part = (limits: typeof top & { protected?: boolean | undefined }, environment?: string): Part => {
    const rule = (member: string) =>
      `${environment === undefined ? "" : `environments.${environment}.`}${member} in ${path}`;
    return {
      environment,
      rule,
      max_expiry: limitsOf(limits.max_expiry, rule),
      permissions: limits.permissions,
      deliveries: limits.deliveries,
      protected: limits.protected === true,
    };
  };
  const parts = Object.entries(environments).map(([name, limits]) => part(limits, name));
  return { path, inline_secrets, confirm, read_only, tools, parts: [part(top), ...parts] };
}

type Lengths = number | { read_only?: number | undefined; read_write?: number | undefined } | undefined;

function limitsOf(given: Lengths, rule: (member: string) => string): Partial<Record<Permitted, Limit>> {
  const limits = permissions.flatMap((permission) => {
    const longest = typeof given === "object" ? given[permission] : given;
    const member = typeof given === "object" ? `max_expiry.${permission}` : "max_expiry";
    return longest === undefined ? [] : [[permission, { longest, rule: rule(member) }] as const];
  });
  return Object.fromEntries(limits);
}

function checked(text: string, path: string): z.output<ReturnType<typeof form>["file"]> {
  let given: unknown;
  try {
    given = parseText(text);
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : "it is not JSON");
  }
  const { file, members } = form();
  const parsed = file.safeParse(given);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const at = issue?.path.map(String) ?? [];
  const where = at.join(".");
  if (issue?.code === "unrecognized_keys") {
    const allowed = at.includes("max_expiry") ? permissions : members[at[0] === "environments" ? at[0] : ""];
    const name = [...at, quote(issue.keys[0] ?? "", 40)].join(".");
    throw invalid(path, `there is no member ${name}; there are: ${allowed.join(", ")}`, allowed);
  }
  if (issue?.code === "invalid_value") {
    const allowed = issue.values.map(String);
    throw invalid(path, `${where} is to be one of: ${allowed.join(", ")}`, allowed);
  }
  if (issue?.code === "invalid_key")
    throw invalid(
      path,
      `${quote(where, 100)} is no environment's name: lower-case letters, digits and hyphens, or * for every one`,
    );
  if (where === "") throw invalid(path, `it is to be an object with some of: ${members[""].join(", ")}`);
  throw invalid(path, `${where} ${issue?.message}`);
}

/** @param why names the member and what is accepted */
export function invalid(path: string, why: string, allowed?: readonly string[]): Problem {
  return new Problem(
    "not_configured",
    `The policy ${path} is not valid, and without it nothing is done: ${why}.`,
    "Correct it (docs/policy.md names every member), and start again.",
    { ...(allowed && { allowed }) },
  );
}
