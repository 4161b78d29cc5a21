/** The operator's policy, as the program that is published takes it. */
import { expect, test } from "vitest";
import { openMachine } from "./machine.ts";

const path = "rules.json";

test.each([
  ['{"max_expiry": "soon"}', /max_expiry is to be a length of time/],
  ['{"readonly": true}', /no member readonly/],
  ["{", /not JSON/],
  ['{"tools": ["no_tool"]}', /tools in .*no_tool/],
  [undefined, /not there/],
])("the policy %s is refused at the start, and nothing is served", async (text, said) => {
  await using machine = await openMachine();
  const named = { ...machine.env, FLY_TOKENS_POLICY: machine.at(path) };
  if (text !== undefined) await machine.write(path, text);
  for (const args of [[], ["stdio"], ["call", "get_status"]]) {
    const { code, stdout, stderr } = await machine.flyTokens(args, { env: named });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(said);
    expect(stderr).toContain(machine.at(path));
    expect(stderr.trim().split("\n")).toHaveLength(1);
  }
});

test("a token for a protected environment is made when somebody has agreed", async () => {
  await using machine = await openMachine();
  await machine.write(path, '{ "environments": { "production": { "protected": true } } } // ours');
  await machine.registry();
  const env = { ...machine.env, FLY_TOKENS_POLICY: machine.at(path) };
  const call = (tool: string, args: object) =>
    machine.flyTokens(["call", tool, "--json", JSON.stringify(args)], { env });
  await call("create_environment", { name: "production" });
  const args = { name: "deploy", environment: "production" };
  const first = await call("generate_token", args);
  expect(first.code).toBe(6);
  const { confirmation_required: asked } = JSON.parse(first.stdout) as {
    confirmation_required: { plan: string[]; confirmation: string };
  };
  expect(asked.plan.join("\n")).toContain("deploy, read_only, for production");
  const second = await call("generate_token", { ...args, confirmation: asked.confirmation });
  expect(second.code).toBe(0);
  expect(JSON.parse(second.stdout)).toMatchObject({ token: { environment: "production" } });
});
