import * as z from "zod";
import { Problem } from "../src/problem.ts";
import { tokenShape } from "../src/providers/shapes.ts";
import { placeFor } from "../src/setup/place.ts";
import { setUp } from "../src/setup/setup.ts";
import { defineTool } from "../src/tool.ts";

export const configurePackageManager = defineTool({
  name: "configure_package_manager",
  title: "Set up a package manager",
  description:
    "Sets up npm, pip or docker: mints a token (read-only unless told otherwise), edits one entry of its file, and verifies with a real request. If a step fails all is put back and the token revoked. dry_run only shows the diff; restore_package_manager undoes it. Never shows the token.",
  effect: "write",
  input: z.object({
    manager: z.string().describe("npm, pip or docker"),
    scope: z.enum(["user", "project"]).default("user"),
    project_dir: z.string().optional(),
    permission: z
      .enum(["read_only", "read_write"])
      .default("read_only")
      .describe("read_write to publish or push"),
    expires: z.string().default("30d").describe("As for generate_token"),
    environment: z.string().optional(),
    token_id: z.string().optional().describe("One that generate_token made just now"),
    token_from: z.string().optional().describe("env:NAME or file:PATH of an existing token"),
    npm_scope: z.string().optional().describe("Only this scope, such as @acme"),
    secret_style: z
      .enum(["value", "reference", "helper"])
      .optional()
      .describe("reference: a variable or netrc holds it; helper: our own store"),
    provider: z.string().optional(),
    dry_run: z.boolean().default(false),
    verify: z.boolean().default(true),
  }),
  output: z.object({
    token: tokenShape.pick({ id: true, name: true, permission: true, expires_at: true }).optional(),
    changes: z.array(z.object({ path: z.string(), diff: z.string(), backup: z.string().optional() })),
    verified: z.object({ ok: z.boolean(), as: z.string().optional(), request: z.string() }).optional(),
    warnings: z.array(z.string()),
    restore_id: z.string().optional(),
  }),
  async run({ manager: id, scope, project_dir, ...request }, context) {
    const manager = context.packageManagers.find((one) => one.id === id);
    const ids = context.packageManagers.map((one) => one.id);
    if (!manager)
      throw new Problem(
        "not_found",
        `There is no package manager "${id.slice(0, 40)}" here.`,
        "Use one of those that are allowed.",
        { allowed: ids },
      );
    if (!manager.scopes.includes(scope))
      throw new Problem(
        "unsupported",
        `${manager.title} has no ${scope} configuration for credentials.`,
        `Use scope ${manager.scopes.join(" or ")}.`,
        { allowed: manager.scopes },
      );
    if (request.secret_style && !manager.styles.includes(request.secret_style)) {
      throw new Problem(
        "unsupported",
        `${manager.title} cannot use the secret style ${request.secret_style}.`,
        `Use ${manager.styles.join(" or ")}, or leave it out.`,
        { allowed: manager.styles },
      );
    }
    return setUp(manager, placeFor(context, scope, project_dir), request, context);
  },
  say({ token, changes, verified, warnings, restore_id }) {
    const diffs = changes.map(({ path, diff }) => `${path}\n${diff}`);
    return [
      restore_id
        ? `Done. Undo with restore_package_manager, restore_id ${restore_id}.`
        : changes.length > 0
          ? "This is what would change; nothing was written."
          : "Nothing had to be changed.",
      token
        ? `Token ${token.name} (${token.id}): ${token.permission}, expires ${token.expires_at ?? "never"}.`
        : "",
      ...diffs,
      verified ? `Verified: ${verified.request} answered${verified.as ? ` for ${verified.as}` : ""}.` : "",
      ...warnings.map((warning) => `Note: ${warning}`),
    ]
      .filter(Boolean)
      .join("\n");
  },
});
