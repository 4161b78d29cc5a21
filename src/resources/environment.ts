import { issuersWith } from "../completion/issuers.ts";
import { Problem } from "../problem.ts";
import type { Environments } from "../providers/provider.ts";
import { driftShape, environmentShape, runningShape } from "../providers/shapes.ts";
import { defineResource } from "../resource.ts";

export const environment = defineResource({
  name: "environment",
  title: "An environment",
  description: "What runs in a runtime environment such as production, and how far behind it is.",
  uri: "fly-tokens://environments/{name}",
  mimeType: "application/json",
  audience: ["user", "assistant"],
  priority: 0.7,
  fresh: 0,
  like: "describe_environment",
  completes: "environments",
  async list(context) {
    const lists = await Promise.all(
      issuersWith("environments", context).map(async ({ isUp, environments }) =>
        // A client lists what there is when it starts, and that is no reason to start a registry.
        (await isUp?.()) === false ? [] : environments.list(),
      ),
    );
    return lists.flat().map(({ name, description }) => ({
      value: name,
      title: name,
      ...(description && { description }),
    }));
  },
  async read(name, context) {
    const found = await Promise.all(
      issuersWith("environments", context).map(async ({ id, environments }) => {
        const one = await known(name, environments);
        return one ? [{ provider: id, ...one }] : [];
      }),
    );
    const [first, ...others] = found.flat();
    if (!first) return undefined;
    return JSON.stringify(others.length > 0 ? { issuers: [first, ...others] } : first, null, 2);
  },
});

async function known(name: string, environments: Environments) {
  try {
    const { description, tokens } = environmentShape.parse(await environments.get(name));
    const [running, drift] = await Promise.all([environments.running?.(name), environments.drift?.(name)]);
    return {
      name,
      description,
      tokens,
      ...(running && { running: runningShape.array().parse(running) }),
      ...(drift && { drift: driftShape.array().parse(drift) }),
      ...(environments.elsewhere !== undefined && { elsewhere: environments.elsewhere }),
    };
  } catch (error) {
    if (error instanceof Problem && ["not_found", "invalid_input"].includes(error.code)) return undefined;
    throw error;
  }
}
