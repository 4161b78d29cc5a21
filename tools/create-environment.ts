import * as z from "zod";
import { Problem } from "../src/problem.ts";
import { environmentShape } from "../src/providers/shapes.ts";
import { defineTool } from "../src/tool.ts";

export const createEnvironment = defineTool({
  name: "create_environment",
  title: "Create an environment",
  description:
    "Add a new runtime environment (env, stage) such as staging, a demo or a sandbox. Each image pulled with its tokens counts as a deployment.",
  effect: "create",
  input: z.object({
    name: z.string().regex(/^[a-z0-9-]{1,63}$/, "lower-case letters, digits and hyphens, at most 63"),
    description: z.string().max(500).default(""),
    provider: z.string().optional(),
  }),
  output: z.object({ environment: environmentShape }),
  async run({ name, description, provider }, context) {
    const { environments, provider: issuer } = context.use("environments", provider);
    if (!environments.create)
      throw new Problem(
        "unsupported",
        `At ${issuer.title} an environment comes into being with its first token.`,
        `Generate one with generate_token, environment ${name}.`,
      );
    return { environment: await environments.create(name, description) };
  },
  say: ({ environment }) =>
    `The environment ${environment.name} exists. Generate a token for it with generate_token, environment ${environment.name}.`,
});
