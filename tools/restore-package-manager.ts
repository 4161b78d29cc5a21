import * as z from "zod";
import { Problem } from "../src/problem.ts";
import { placeFor } from "../src/setup/place.ts";
import { defineTool } from "../src/tool.ts";

export const restorePackageManager = defineTool({
  name: "restore_package_manager",
  title: "Undo a set-up",
  description:
    "Takes back what configure_package_manager wrote: by restore_id, or the latest edit for a manager. The former bytes return; where the file was edited since, only our entries go. Revokes no token: revoke_token does.",
  effect: "write",
  input: z.object({
    restore_id: z.string().optional(),
    manager: z.string().optional(),
    dry_run: z.boolean().default(false),
  }),
  output: z.object({
    changes: z.array(z.object({ path: z.string(), diff: z.string() })),
    skipped: z.array(z.string()),
    token_id: z.string().optional(),
  }),
  async run({ restore_id, manager, dry_run }, context) {
    const records = await context.disk.journal(manager === undefined ? {} : { manager });
    const record =
      restore_id === undefined
        ? records.find(({ state }) => state !== "restored")
        : records.find(({ id }) => id === restore_id);
    if (restore_id === undefined && manager === undefined)
      throw new Problem(
        "invalid_input",
        "Say what to undo.",
        "Give restore_id (from configure_package_manager) or manager.",
      );
    if (!record)
      throw new Problem(
        "not_found",
        "There is no such edit to undo.",
        "check_package_manager shows what is set up.",
      );
    const restored = await context.disk.restore(record.id, context.undo, { dry_run });
    const tool = context.packageManagers.find(({ id }) => id === record.manager);
    if (tool?.logout && !dry_run) {
      const place = placeFor(context, record.scope, record.project_dir);
      const { url } = await context.use("registries", record.provider).registries.endpoint(tool.ecosystem);
      await tool.logout(url, place, await context.disk.read(tool.files(place)), context.run);
    }
    return { ...restored, ...(record.token_id !== undefined && { token_id: record.token_id }) };
  },
  say: ({ changes, skipped, token_id }) =>
    [
      changes.length > 0 ? "Put back:" : "Nothing had to be put back.",
      ...changes.map(({ path, diff }) => `${path}\n${diff}`),
      ...skipped.map((entry) => `Left alone, since it was changed by hand: ${entry}`),
      token_id ? `The token ${token_id} may still be active; revoke_token ends it.` : "",
    ]
      .filter(Boolean)
      .join("\n"),
});
