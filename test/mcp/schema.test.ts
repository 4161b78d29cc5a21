import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseInput } from "../../src/mcp/schema.ts";
import { Problem } from "../../src/problem.ts";
import { schema } from "./arguments.ts";

const secretLike = `ghp_${"A1b2".repeat(9)}`;

function refusalOf(value: unknown): Problem {
  try {
    parseInput(schema, value);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

it("a secret is not led to an argument whose name is alike, and not repeated", () => {
  const ids = z.object({ token_id: z.string().optional(), name: z.string().regex(/^[a-z0-9-]{1,63}$/) });
  for (const given of [
    { name: "ci", token: secretLike },
    { name: secretLike },
    { name: "ci", api_key: secretLike },
  ])
    try {
      parseInput(ids.strict(), given);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "invalid_input" });
      expect((error as Problem).did_you_mean).toBeUndefined();
      expect(JSON.stringify(error)).not.toMatch(/A1b2/i);
    }
});

it("a name in other letters is spelt as it may be", () => {
  const named = z.object({ name: z.string().regex(/^[a-z0-9-]{1,63}$/) });
  expect(() => parseInput(named, { name: "Load Tests" })).toThrowError(
    expect.objectContaining({ argument: "name", did_you_mean: "load-tests" }),
  );
});

describe("arguments", () => {
  it("are completed with what goes without saying", () => {
    expect(parseInput(schema, { name: "ci" })).toEqual({ name: "ci", permission: "read_only", limit: 50 });
    expect(parseInput(z.object({}), undefined)).toEqual({});
  });

  it.each<[string, unknown, object]>([
    [
      "an unknown name, with those that are known and the nearest of them",
      { name: "ci", permision: "read_only" },
      {
        message: 'There is no argument "permision".',
        allowed: ["name", "permission", "limit", "ids", "filter"],
        did_you_mean: "permission",
      },
    ],
    [
      "a misspelt name rather than the lack of the one that was meant",
      { nmae: "ci" },
      { message: 'There is no argument "nmae".', did_you_mean: "name" },
    ],
    [
      "an unknown name inside an argument, with those that are known there",
      { name: "ci", filter: { createdBy: "bob" } },
      {
        message: 'There is no argument "createdBy".',
        allowed: ["status", "created_by"],
        did_you_mean: "created_by",
      },
    ],
    [
      "a value that is none of those allowed",
      { name: "ci", permission: "READ-WRITE" },
      {
        message: "The argument permission must be one of: read_only, read_write.",
        allowed: ["read_only", "read_write"],
        did_you_mean: "read_write",
      },
    ],
    [
      "such a value inside an argument",
      { name: "ci", filter: { created_by: "bob", status: "revokd" } },
      { message: "The argument filter.status must be one of: active, revoked.", did_you_mean: "revoked" },
    ],
    ["what is missing", {}, { message: "The argument name is missing." }],
    ["what is missing altogether", null, { message: "The argument name is missing." }],
    [
      "what is of another type",
      { name: 7 },
      { message: expect.stringMatching(/^The argument name is not valid: /) },
    ],
    ["what is too long", { name: "n".repeat(21) }, { message: expect.stringContaining("argument name") }],
    ["what is too large", { name: "ci", limit: 1000 }, { message: expect.stringContaining("limit") }],
    ["too many items", { name: "ci", ids: ["a", "b", "c"] }, { message: expect.stringContaining("ids") }],
    ["an item of another type", { name: "ci", ids: ["a", 1] }, { message: expect.stringContaining("ids.1") }],
    ["a list", [], { message: expect.stringContaining("the arguments") }],
    ["a text", "name", { message: expect.stringContaining("the arguments") }],
  ])("are refused for %s", (_what, value, details) => {
    const problem = refusalOf(value);
    expect(problem).toMatchObject({ code: "invalid_input", fix: expect.stringMatching(/\S\.$/), ...details });
    if (!("did_you_mean" in details)) expect(problem.did_you_mean).toBeUndefined();
  });

  it.each<[unknown]>([
    [{ name: "ci", permission: "flyt_a-secret-in-the-wrong-place" }],
    [{ name: "ci", limit: "flyt_a-secret-in-the-wrong-place" }],
    [{ name: ["flyt_a-secret-in-the-wrong-place"] }],
    [{ name: "flyt_a-secret-in-the-wrong-place" }],
    [{ name: "ci", filter: { created_by: "bob", status: "flyt_a-secret-in-the-wrong-place" } }],
  ])("are not repeated when they are refused, since they may be secrets: %j", (value) => {
    const { message, fix, allowed, did_you_mean } = refusalOf(value);
    expect(JSON.stringify({ message, fix, allowed, did_you_mean })).not.toMatch(/flyt_|secret/);
  });

  it("have unknown names quoted without what a terminal would obey, and not at length", () => {
    const { message } = refusalOf({ name: "ci", [`\u001b[2J\u202e${"x".repeat(500)}`]: 1 });
    expect(message).toMatch(/^There is no argument "\[2J x+…"\.$/);
    expect(message.length).toBeLessThan(80);
  });

  it("have nothing suggested for what is like nothing", () => {
    expect(refusalOf({ name: "ci", permission: "administrator" }).did_you_mean).toBeUndefined();
    expect(refusalOf({ name: "ci", zzz: 1 }).did_you_mean).toBeUndefined();
  });
});
