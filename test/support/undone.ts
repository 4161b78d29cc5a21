/** What a set-up has to leave behind when it cannot be done: nothing. */
import { expect } from "vitest";
import type { ProblemCode } from "../../src/problem.ts";
import { expectRefusal } from "./answers.ts";
import type { Machine, MachineOptions } from "./machine.ts";
import type { ToolResult } from "./world.ts";

/**
 * Refused before anything is minted (`minted: false`), or with the token that was minted revoked, and the answer
 * saying so. Either way the user's files are what they were, and there is nothing to take back.
 */
export async function expectUndone(
  here: Machine,
  args: Record<string, unknown>,
  { code, said, minted }: { code: ProblemCode; said?: RegExp; minted: boolean },
): Promise<ToolResult> {
  const before = { tree: await here.tree(), tokens: await here.tokens() };
  const result = await here.call("configure_package_manager", args);
  expectRefusal(result, code, said);
  expect(await here.tree()).toEqual(before.tree);
  const tokens = await here.tokens();
  const fresh = tokens.slice(0, tokens.length - before.tokens.length);
  expect(tokens.slice(fresh.length)).toEqual(before.tokens);
  expect(fresh.map(({ status }) => status)).toEqual(minted ? ["revoked"] : []);
  if (minted) expect(result.text).toContain(`The new token ${fresh[0]?.id} was revoked.`);
  const left = (await here.context.disk.journal()).filter(({ state }) => state !== "restored");
  expect(left).toEqual([]);
  return result;
}

export const refusedBefore = (code: ProblemCode, said?: RegExp) => ({
  code,
  minted: false,
  ...(said && { said }),
});
export const undoneAfter = (code: ProblemCode, said?: RegExp) => ({
  code,
  minted: true,
  ...(said && { said }),
});

export function addressOf(input: string | URL | Request): URL {
  return new URL(typeof input === "object" && "url" in input ? input.url : input);
}

/** Answers every request to a path with a status of the test's. */
export function refusing(path: string, status: number): MachineOptions {
  return {
    fetch: (real) => async (input, init) => {
      const url = addressOf(input);
      if (!url.pathname.endsWith(path)) return real(input, init);
      const headers = status === 302 ? { location: "https://other.example/login" } : undefined;
      return new Response("{}", { status, ...(headers && { headers }) });
    },
  };
}
