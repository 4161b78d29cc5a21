/** What an agent must be able to rely on in every answer, whichever tool gives it. */
import { expect } from "vitest";
import type { z } from "zod";
import type { ProblemCode } from "../../src/problem.ts";
import type { Tool } from "../../src/tool.ts";
import type { ToolResult } from "./world.ts";

/** The data of a success; it has the form that the tool promises, and nothing else in it. */
export function answerOf<Output extends z.ZodObject>(
  tool: Pick<Tool<z.ZodObject, Output>, "output">,
  result: ToolResult,
): z.output<Output> {
  expect(result.isError, result.wire).toBeUndefined();
  const answer = tool.output.parse(result.data);
  expect(result.data).toEqual(answer);
  return answer;
}

/**
 * Many clients show the text alone, so whatever the data say, it says too.
 * @param except names of members that are not worth a reader's attention
 */
export function expectSameFacts({ text, data }: ToolResult, ...except: string[]): void {
  expect(leaves(data, except).filter((fact) => !text.includes(fact))).toEqual([]);
}

function leaves(value: unknown, except: readonly string[]): string[] {
  if (typeof value !== "object" || value === null)
    return typeof value === "boolean" ? [] : [String(value ?? "")];
  return Object.entries(value)
    .filter(([name]) => !except.includes(name))
    .flatMap(([, member]) => leaves(member, except));
}

/** A refusal has a code, a sentence that says what is wrong and a fix, as text for people and as JSON for programs. */
export function expectRefusal(
  { isError, text, data, error }: ToolResult,
  code: ProblemCode,
  said = /./,
): void {
  expect({ isError, code: error.code, text }).toEqual({
    isError: true,
    code,
    text: expect.stringMatching(said),
  });
  expect(error.message).toMatch(/\S.*[.?:)…"]$/);
  expect(error.fix).toMatch(/\S.*[.)]$/);
  expect(text).toBe(`${error.message} ${error.fix}`);
  expect(data).toEqual({});
}
