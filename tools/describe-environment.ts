import * as z from "zod";
import { deploymentShape, driftShape, environmentShape, runningShape } from "../src/providers/shapes.ts";
import { defineTool } from "../src/tool.ts";

export const describeEnvironment = defineTool({
  name: "describe_environment",
  title: "Describe environments",
  description:
    "What runs in an environment, whether it is behind (drift), and what was deployed before, newest first; without a name, all environments without their history. Known from pulls with its tokens; it does not look into clusters.",
  effect: "read",
  input: z.object({
    name: z.string().optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().optional(),
    provider: z.string().optional(),
  }),
  output: z.object({
    environments: z.array(
      environmentShape.pick({ name: true, description: true, tokens: true }).extend({
        running: z.array(runningShape),
        drift: z.array(driftShape),
        history: z.array(deploymentShape).optional(),
        next_cursor: z.string().optional(),
      }),
    ),
  }),
  async run({ name, limit, cursor, provider }, context) {
    const { environments } = context.use("environments", provider);
    const chosen = name === undefined ? await environments.list() : [await environments.get(name)];
    const described = chosen.map(async (environment) => {
      const [running, drift, history] = await Promise.all([
        environments.running(environment.name),
        environments.drift(environment.name),
        name === undefined ? undefined : environments.history(name, { limit, cursor }),
      ]);
      return {
        ...environment,
        running,
        drift,
        ...(history && { history: history.items, next_cursor: history.next_cursor }),
      };
    });
    return { environments: await Promise.all(described) };
  },
  say({ environments }) {
    if (environments.length === 0) return "There is no environment. create_environment makes one.";
    return environments
      .map(({ name, tokens, running, drift }) =>
        [
          `${name}: ${tokens} active token${tokens === 1 ? "" : "s"}`,
          ...running.map((run) => `  ${line(run, drift)}`),
        ].join("\n"),
      )
      .join("\n");
  },
});

function line(run: z.output<typeof runningShape>, drift: readonly z.output<typeof driftShape>[]): string {
  const behind = drift.find(({ image }) => image === run.image)?.behind ?? 0;
  const state = behind === 0 ? "up to date" : `${behind} push${behind === 1 ? "" : "es"} behind`;
  return `${run.image}${run.tag ? `:${run.tag}` : ""} (${run.digest.slice(0, 19)}) since ${run.since}, ${state}`;
}
