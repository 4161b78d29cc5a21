/** What agents are told of the tools, and that it is what the tools are. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { advertiseInput, advertiseOutput, saidOf } from "../../src/mcp/offers.ts";
import { argumentsOf, parseInput } from "../../src/mcp/schema.ts";
import { tools } from "../../tools/index.generated.ts";
import { offers } from "../../tools/offers.generated.ts";
import { schema } from "./arguments.ts";

describe("what is advertised", () => {
  const advertised = (from: ReturnType<typeof advertiseInput>) =>
    from["~standard"].jsonSchema.input({ target: "draft-2020-12" });

  it("are the arguments without those that are not worth an agent's attention, which still count", () => {
    const json = advertised(advertiseInput({ input: argumentsOf(schema) }, ["limit"]));
    expect(Object.keys(json.properties as object)).toEqual(["name", "permission", "ids", "filter"]);
    expect(json.required).toEqual(["name"]);
    expect(parseInput(schema, { name: "ci", limit: 3 }).limit).toBe(3);
  });

  it("are they also without a part of one of them, and nothing is closed: what is left out is understood", () => {
    const closed = z.strictObject({ name: z.string(), filter: schema.shape.filter.unwrap() });
    const json = advertised(
      advertiseInput({ input: argumentsOf(closed) }, [
        "filter.status",
        "filter.nothing",
        "name.part",
        "no.thing",
      ]),
    );
    const { filter } = json.properties as { filter: { properties: object; required: string[] } };
    expect(Object.keys(filter.properties)).toEqual(["created_by"]);
    expect(filter.required).toEqual(["created_by"]);
    expect(JSON.stringify(json)).not.toContain("additionalProperties");
    expect(json.required).toEqual(["name", "filter"]);
    const without = advertised(advertiseInput({ input: argumentsOf(closed) }, ["filter.created_by"]));
    expect(JSON.stringify(without)).not.toContain('required":[]');
  });

  it("leaves all checking of arguments to us, whose errors have a fix", async () => {
    const { validate } = advertiseInput({ input: {} })["~standard"];
    expect(await validate({ anything: true })).toEqual({ value: { anything: true } });
  });

  it("names the members of a result, whatever is in them", () => {
    const result = z.object({
      rows: z.array(z.object({ id: z.string() })),
      until: z.string().nullable(),
      plan: z.object({ lines: z.array(z.string()) }).optional(),
      count: z.int(),
      either: z.union([z.string(), z.object({})]),
    });
    expect(advertised(advertiseOutput(Object.keys(result.shape)))).toEqual({
      type: "object",
      properties: { rows: {}, until: {}, plan: {}, count: {}, either: {} },
    });
  });

  it("is what was written down of each tool", () => {
    expect(offers.map(({ load, ...said }) => said)).toEqual(tools.map(saidOf));
  });

  it.each(offers)("of $name: the tool that is loaded", async (offer) => {
    expect(tools).toContain(await offer.load());
  });

  it.each(tools.map((tool) => [tool.name, tool] as const))(
    "of %s: every member of the schema",
    (_name, tool) => {
      const properties = (from: ReturnType<typeof advertiseInput>) =>
        Object.keys((advertised(from).properties ?? {}) as object);
      expect(properties(advertiseInput(saidOf(tool)))).toEqual([
        ...Object.keys(tool.input.shape),
        ...(tool.plan ? ["confirmation"] : []),
      ]);
      expect(properties(advertiseOutput(saidOf(tool).output))).toEqual(Object.keys(tool.output.shape));
    },
  );
});
