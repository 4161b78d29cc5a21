/**
 * What each host and directory takes, written down from what they document: the fields that we use, in strict objects, so
 * that a field nobody knows is found here. The hosts' own validators run in test/e2e/hosts.test.ts.
 */
import * as z from "zod";

const version = z.string().regex(/^\d+\.\d+\.\d+$/, "one exact version");
const kebab = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const author = z.strictObject({ name: z.string().min(1) });
const launch = { command: z.string().min(1), args: z.array(z.string().min(1)) };

/** @see modelcontextprotocol.io/registry, the schema of 2025-12-11 */
export const serverJson = z.strictObject({
  $schema: z.literal("https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: version.max(255),
  packages: z.array(
    z.strictObject({
      registryType: z.literal("npm"),
      identifier: z.string(),
      version,
      runtimeHint: z.literal("npx"),
      transport: z.strictObject({ type: z.literal("stdio") }),
      environmentVariables: z.array(
        z
          .strictObject({
            name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
            description: z.string().min(1),
            isRequired: z.boolean(),
            isSecret: z.boolean(),
            format: z.enum(["string", "number", "boolean", "filepath"]),
            default: z.string().optional(),
            choices: z.array(z.string()).min(2).optional(),
          })
          .refine((one) => !(one.isSecret && one.default !== undefined), "a secret has no default")
          .refine((one) => !one.choices || !one.default || one.choices.includes(one.default)),
      ),
    }),
  ),
});

/** The same for MCP bundles and for Claude's plugins. */
const userConfig = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/),
  z
    .strictObject({
      type: z.enum(["string", "number", "boolean", "directory", "file"]),
      title: z.string().min(1),
      description: z.string().min(1),
      required: z.boolean(),
      default: z.union([z.string(), z.number(), z.boolean()]).optional(),
      sensitive: z.boolean().optional(),
    })
    .refine((one) => !(one.sensitive && one.default !== undefined), "what is sensitive has no default"),
);

/** @see code.claude.com/docs/en/plugins-reference */
export const plugin = z.strictObject({
  name: kebab,
  version,
  description: z.string().min(1),
  author,
  license: z.string(),
  keywords: z.array(z.string()),
  mcpServers: z.record(kebab, z.strictObject({ ...launch, env: z.record(z.string(), z.string()) })),
  userConfig,
});

/** @see code.claude.com/docs/en/plugins/marketplace-reference */
export const marketplace = z.strictObject({
  name: kebab.refine((name) => !/claude|anthropic|^(agent-skills|life-sciences|healthcare)$/.test(name)),
  owner: author,
  description: z.string().min(1),
  plugins: z.array(
    plugin.omit({ mcpServers: true, userConfig: true }).extend({
      /** From the folder that holds `.claude-plugin`. */
      source: z.string().startsWith("./"),
      category: z.string(),
    }),
  ),
});

/** @see geminicli.com/docs/extensions/reference */
export const geminiExtension = z.strictObject({
  name: kebab,
  version,
  description: z.string().min(1),
  mcpServers: z.record(kebab, z.strictObject(launch)),
  settings: z.array(
    z.strictObject({
      name: z.string().min(1),
      description: z.string().min(1),
      envVar: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
      sensitive: z.literal(true).optional(),
    }),
  ),
});

/** The part of an MCP bundle's manifest that its own tool does not look into. */
export const bundleManifest = z.looseObject({
  manifest_version: z.literal("0.3"),
  version,
  server: z.strictObject({
    type: z.literal("node"),
    entry_point: z.string(),
    mcp_config: z.strictObject({ ...launch, env: z.record(z.string(), z.string()) }),
  }),
  user_config: userConfig,
});
