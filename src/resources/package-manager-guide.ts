import { defineResource } from "../resource.ts";

export const packageManagerGuide = defineResource({
  name: "package-manager-guide",
  title: "A package manager's guide",
  description:
    "How one package manager is pointed to a registry with a token: its files and keys, with placeholders, what outranks them, how it is proved and undone.",
  uri: "fly-tokens://package-managers/{id}/guide",
  mimeType: "text/markdown",
  audience: ["user", "assistant"],
  priority: 0.4,
  // It is as old as this program.
  fresh: 300_000,
  completes: "package_manager",
  list: async ({ packageManagers }) =>
    packageManagers.map(({ id, title }) => ({
      value: id,
      title: `${title} and a registry's token`,
      description: `How ${title} is set up by hand or by configure_package_manager, and what to look at when it fails.`,
    })),
  async read(value, { packageManagers, platform, remote }) {
    const manager = packageManagers.find(({ id, also }) => id === value || also?.includes(value));
    if (!manager) return undefined;
    const { guideTo } = await import("./guide/guide.ts");
    // Of the machine that the server runs on a caller on another one learns nothing.
    return guideTo(manager, remote ? "linux" : platform);
  },
});
