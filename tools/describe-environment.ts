import * as z from "zod";
import { deploymentShape, driftShape, environmentShape, runningShape } from "../src/providers/shapes.ts";
import { defineTool } from "../src/tool.ts";

export const describeEnvironment = defineTool({
  name: "describe_environment",
  title: "Describe environments",
  description:
    "Show what runs in an environment (env, stage) such as production (prod): which version or release is deployed or live, whether it is outdated or behind the newest (drift), and the history of what went out when; without a name, which environments there are. Known from pulls, not clusters.",
  effect: "read",
  input: z.object({
    name: z.string().optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().optional(),
    provider: z.string().optional(),
  }),
  quiet: ["limit"],
  output: z.object({
    environments: z.array(
      environmentShape.pick({ name: true, description: true, tokens: true }).extend({
        running: z.array(runningShape).optional(),
        drift: z.array(driftShape).optional(),
        history: z.array(deploymentShape).optional(),
        next_cursor: z.string().optional(),
      }),
    ),
    elsewhere: z.string().optional(),
  }),
  async run({ name, limit, cursor, provider }, context) {
    const { environments } = context.use("environments", provider);
    const chosen = name === undefined ? await environments.list() : [await environments.get(name)];
    const described = chosen.map(async (environment) => {
      const [running, drift, history] = await Promise.all([
        environments.running?.(environment.name),
        environments.drift?.(environment.name),
        name === undefined ? undefined : environments.history?.(name, { limit, cursor }),
      ]);
      return {
        ...environment,
        ...(running && { running }),
        ...(drift && { drift }),
        ...(history && { history: history.items, next_cursor: history.next_cursor }),
      };
    });
    const { elsewhere } = environments;
    return { environments: await Promise.all(described), ...(elsewhere !== undefined && { elsewhere }) };
  },
  say({ environments, elsewhere }) {
    if (environments.length === 0)
      return elsewhere === undefined
        ? "There is no environment. create_environment makes one."
        : `No token names an environment. generate_token does, with environment. ${elsewhere}`;
    const blocks = environments.map(
      ({ name, description, tokens, running = [], drift = [], history = [], next_cursor }) =>
        [
          `${name}: ${tokens} active token${tokens === 1 ? "" : "s"}${description ? `; ${description}` : ""}`,
          ...running.map((run) => `  ${line(run, drift)}`),
          ...history.map(
            ({ image, tag, digest, at, token_id }) =>
              `  ${at}: ${image}${tag ? `:${tag}` : ""} (${digest}) with ${token_id}`,
          ),
          ...(next_cursor ? [`  More: call again with cursor ${next_cursor}`] : []),
        ].join("\n"),
    );
    return [...blocks, ...(elsewhere === undefined ? [] : [elsewhere])].join("\n");
  },
});

function line(run: z.output<typeof runningShape>, drift: readonly z.output<typeof driftShape>[]): string {
  const found = drift.find(({ image }) => image === run.image);
  const state = !found
    ? "never pushed by tag, so nobody can say whether it is behind"
    : found.behind === 0
      ? "up to date"
      : `${found.behind} push${found.behind === 1 ? "" : "es"} behind ${found.latest}`;
  return `${run.image}${run.tag ? `:${run.tag}` : ""} (${run.digest}) runs since ${run.since}, ${state}`;
}
