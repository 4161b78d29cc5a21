/**
 * The contract of the room `tools/`: one file, one tool, file name = tool name with dashes.
 * A tool is a value. It knows nothing of MCP, does nothing when imported, and reaches the world through its context.
 */
import type * as z from "zod";
import type { Context } from "./context.ts";
import type { Secret } from "./secret.ts";

/**
 * What a call does to the world. `read` changes nothing; `create` adds something new; `write` changes the user's
 * files; `destroy` ends something that others may rely on, and asks a person first.
 */
export type Effect = "read" | "create" | "write" | "destroy";

/** What a tool is about to do, as shown to the person who has to agree. */
export interface Plan {
  /** What it will do, a line each, without a secret. */
  lines: readonly string[];
  /** The ids that it will touch. The confirmed call touches exactly these. */
  ids: readonly string[];
  /** What the person types to agree: the name of the one token, or how many there are. */
  phrase: string;
  /** Ask even where the operator's policy says `never`: the server's own credential is among them. */
  always?: boolean | undefined;
}

/** An output in which any text may still be a `Secret`; what becomes of it is decided at the door (mcp/result.ts). */
export type WithSecrets<Value> = string extends Value
  ? Value | Secret
  : Value extends readonly (infer Item)[]
    ? WithSecrets<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: WithSecrets<Value[Key]> }
      : Value;

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  /** What, when, and what it will not do; at most 600 characters. */
  description: string;
  effect: Effect;
  input: Input;
  output: Output;
  /**
   * What of the input is understood but not advertised: what few calls need, and a refusal names in its fix. Names of
   * arguments, or `filter.status` for a part of one.
   */
  quiet?: readonly string[];
  /**
   * What is only for callers on this machine, because it reads, writes, runs or names what is there: `true` for the whole
   * tool, else names of arguments. Callers on other machines are not offered it, and are refused.
   */
  here?: true | readonly string[];
  /** What it is to callers on other machines: another tool of that name, or this one in other words. */
  elsewhere?: Tool | Pick<Tool, "description" | "quiet">;
  /**
   * What would happen, where a person has to agree first; `undefined` when there is nothing to agree to. Tools that do not
   * `destroy` have something to agree to only where the operator's policy protects something (policy.asks).
   * The same arguments give the same plan for as long as the world is the same, whatever the time.
   */
  plan?(input: z.output<Input>, context: Context): Promise<Plan | undefined>;
  /** Does it; with the plan, where one was agreed to. */
  run(input: z.output<Input>, context: Context, plan?: Plan): Promise<WithSecrets<z.input<Output>>>;
  /** Nobody will see the output: the call was cancelled, or its client has gone. Ends what only the output would hold. */
  lost?(output: WithSecrets<z.input<Output>>, input: z.output<Input>, context: Context): Promise<void>;
  /** The ids of the tokens that a call was about, for the audit log: of its input, and of its output once there is one. */
  concerns?(input: z.output<Input>, output?: WithSecrets<z.input<Output>>): readonly string[];
  /** The same facts as the output, in a few words for people. A `Secret` prints masked. */
  say(output: z.output<Output>): string;
}

/** The identity function; it exists so that the types of the schemas reach `run` and `say`. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}
