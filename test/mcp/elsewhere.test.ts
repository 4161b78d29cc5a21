/** What a caller on another machine is told to do: nothing that only the operator can. */
import { expect, it } from "vitest";
import { toldElsewhere } from "../../src/mcp/elsewhere.ts";
import { Problem, type ProblemCode } from "../../src/problem.ts";

it.each<[ProblemCode, string, boolean]>([
  ["file_unreadable", "Correct the path, or move that file away, and try again.", true],
  ["file_unwritable", "Make room there.", true],
  ["not_configured", "Set FLY_API_TOKEN.", true],
  ["not_found", "Name one that list_tokens shows.", false],
])("%s: %s", (code, fix, isOperators) => {
  const told = toldElsewhere(new Problem(code, "It does not work.", fix));
  expect(told).toMatchObject({ code, fix: isOperators ? `This is for who runs the server: ${fix}` : fix });
});
