/** From a tool to what is said of it, and from that to what an agent is told. */
import type { StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Offer, Said } from "../offer.ts";
import type { Tool } from "../tool.ts";
import { argumentsOf, leaveOut } from "./schema.ts";

type Json = Record<string, unknown>;

/** A tool that is loaded already. */
export function offerOf(tool: Tool): Offer {
  return { ...saidOf(tool), load: async () => tool };
}

/** What `npm run generate` writes down. */
export function saidOf(tool: Tool): Said {
  const { name, title, description, effect, quiet, here, elsewhere } = tool;
  return {
    name,
    title,
    description,
    effect,
    ...(quiet && { quiet }),
    ...(here && { here }),
    asks: tool.plan !== undefined,
    makes: tool.lost !== undefined,
    input: argumentsOf(inputOf(tool)),
    output: Object.keys(tool.output.shape),
    ...(elsewhere && { elsewhere: "run" in elsewhere ? saidOf(elsewhere) : elsewhere }),
  };
}

const inputs = new WeakMap<Tool, z.ZodObject>();

/** Everything that a call may say: the tool's own arguments, and the handle by which a person has agreed. */
export function inputOf(tool: Tool): z.ZodObject {
  const known = inputs.get(tool);
  if (known) return known;
  const confirmation = z.string().optional().describe("Only if the user agreed");
  const input = (tool.plan ? tool.input.extend({ confirmation }) : tool.input).strict();
  inputs.set(tool, input);
  return input;
}

/**
 * A tool's arguments as the SDK wants them. Whatever is given passes: `parseInput` does the checking, with a fix in each refusal.
 * @param without what is understood all the same: the names of arguments, or `filter.status` for a part of one
 */
export function advertiseInput(
  { input }: Pick<Said, "input">,
  without: readonly string[] = [],
): StandardSchemaWithJSON<Json, Json> {
  return told(() => {
    const json = structuredClone(input) as Json;
    for (const name of without) leaveOut(json, name.split("."));
    return json;
  });
}

/**
 * Its result. A program made it, not a model: what its members are it says itself, so they are only named; that there are
 * no others is seen to where it is made (result.ts).
 */
export function advertiseOutput(names: readonly string[]): StandardSchemaWithJSON<Json, Json> {
  return told(() => ({
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, {}])),
  }));
}

/** One of them as JSON Schema. */
export function jsonOf(schema: StandardSchemaWithJSON<Json, Json>) {
  return schema["~standard"].jsonSchema.input({ target: "draft-2020-12" }) as Json & { type: "object" };
}

function told(make: () => Json): StandardSchemaWithJSON<Json, Json> {
  let made: Json | undefined;
  const json = () => (made ??= make());
  return {
    "~standard": {
      version: 1,
      vendor: "fly-tokens",
      validate: (value) => ({ value: value as Json }),
      jsonSchema: { input: json, output: json },
    },
  };
}
