import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Outgoing } from "../../src/mcp/redact.ts";
import { confirmationRequired, failure, success } from "../../src/mcp/result.ts";
import { Problem } from "../../src/problem.ts";
import { Secret } from "../../src/secret.ts";
import { defineTool } from "../../src/tool.ts";

const value = "flyt_0123456789abcdefghijABCDEFGHIJ0123456789abcdef";

const mint = defineTool({
  name: "mint",
  title: "Mint",
  description: "For these tests.",
  effect: "create",
  input: z.object({}),
  output: z.object({
    id: z.string(),
    note: z.string().optional(),
    at: z.string().optional(),
    credential: z.object({ username: z.string(), token: z.string() }).optional(),
  }),
  run: async () => ({ id: "tok_1" }),
  say: ({ id, credential }) => `Made ${id}${credential ? ` with ${credential.token}` : ""}.`,
});

describe("a success", () => {
  it("is text for people and data for programs", () => {
    expect(success(mint, { id: "tok_1" }, new Outgoing())).toEqual({
      content: [{ type: "text", text: "Made tok_1." }],
      structuredContent: { id: "tok_1" },
    });
  });

  it("has nothing in its data that the schema does not know", () => {
    const output = { id: "tok_1", hash: "abc", credential: { username: "ci", token: "x", created: 1 } };
    expect(success(mint, output, new Outgoing()).structuredContent).toEqual({
      id: "tok_1",
      credential: { username: "ci", token: "x" },
    });
  });

  it("is refused when the schema misses something: that is a fault of ours", () => {
    expect(() => success(mint, { name: "ci" }, new Outgoing())).toThrow(z.ZodError);
  });

  it("shows a secret masked, wherever it stands", () => {
    const output = { id: "tok_1", note: new Secret(value) };
    expect(success(mint, output, new Outgoing()).structuredContent).toEqual({
      id: "tok_1",
      note: "[secret …cdef]",
    });
  });

  it("shows the credential that was asked for in a block for the user and in the data, and masked in the text", () => {
    const outgoing = new Outgoing();
    const output = { id: "tok_1", credential: { username: "ci", token: new Secret(value) } };
    const result = success(mint, output, outgoing);
    expect(JSON.stringify(result)).not.toContain(value);
    expect(JSON.parse(outgoing.clean(JSON.stringify(result)))).toEqual({
      content: [
        { type: "text", text: "Made tok_1 with [secret …cdef]." },
        { type: "text", text: value, annotations: { audience: ["user"], priority: 1 } },
      ],
      structuredContent: { id: "tok_1", credential: { username: "ci", token: value } },
    });
  });
});

describe("a refusal", () => {
  const never = (error: unknown) => {
    throw error;
  };

  it("is a sentence with its fix, and the same as JSON, marked as an error and reported to nobody", () => {
    const problem = new Problem("conflict", "It is there.", "Choose another name.", {
      allowed: ["a", "b"],
      did_you_mean: "a",
      retry_after: 3,
      cause: new Error("the reason inside"),
    });
    const result = failure(problem, never);
    expect(result).toEqual({
      isError: true,
      content: [
        { type: "text", text: "It is there. Choose another name." },
        { type: "text", text: expect.any(String) },
      ],
    });
    expect(JSON.parse((result.content[1] as { text: string }).text)).toEqual({
      error: {
        code: "conflict",
        message: "It is there.",
        fix: "Choose another name.",
        allowed: ["a", "b"],
        did_you_mean: "a",
        retry_after: 3,
      },
    });
  });

  it("leaves out what there is nothing to say about", () => {
    const [, json] = failure(new Problem("conflict", "No.", "Stop."), never).content as { text: string }[];
    expect(JSON.parse(json?.text ?? "")).toEqual({
      error: { code: "conflict", message: "No.", fix: "Stop." },
    });
  });

  it.each([
    ["an error", new TypeError(`cannot read ${value} of undefined`)],
    ["a text", `threw ${value}`],
    ["nothing", undefined],
  ])("that nobody foresaw says nothing of %s, which is reported", (_what, thrown) => {
    const reported: unknown[] = [];
    const result = failure(thrown, (error) => reported.push(error));
    expect(reported).toEqual([thrown]);
    expect(JSON.stringify(result)).not.toContain(value);
    expect(JSON.stringify(result)).toMatch(/internal.*FLY_TOKENS_LOG=debug/);
  });
});

describe("a plan to agree to", () => {
  const plan = { lines: ["Revoke ci (tok_1).", "This cannot be undone."], ids: ["tok_1"], phrase: "ci" };

  it("is no error, and has the handle in the text too, for clients that show no data", () => {
    const { content, structuredContent, isError } = confirmationRequired(plan, "confirm_1", false);
    const text = (content[0] as { text: string }).text;
    expect(isError).toBeUndefined();
    expect(structuredContent).toEqual({
      confirmation_required: { plan: [...plan.lines], confirmation: "confirm_1" },
    });
    for (const part of [...plan.lines, "confirm_1", "Nothing has been changed", "when they agree"])
      expect(text).toContain(part);
  });

  it("names the command with which a person approves, where the operator wants that", () => {
    const { content } = confirmationRequired(plan, "confirm_1", true);
    expect((content[0] as { text: string }).text).toContain("`fly-tokens approve confirm_1`");
  });
});
