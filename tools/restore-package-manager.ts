import * as z from "zod";
import type { Context } from "../src/context.ts";
import { Problem } from "../src/problem.ts";
import { managerNamed } from "../src/setup/choose.ts";
import { othersSetUp } from "../src/setup/others.ts";
import { placeFor } from "../src/setup/place.ts";
import { defineTool } from "../src/tool.ts";

export const restorePackageManager = defineTool({
  name: "restore_package_manager",
  title: "Undo a set-up",
  description:
    "Undo, revert, reset or roll back what configure_package_manager did to a config file, by restore_id or the last edit for a manager. The old file is put back as it was before; where it has changed since, only our entries go. Revokes no token.",
  effect: "write",
  here: true,
  input: z.object({
    restore_id: z.string().optional(),
    manager: z.string().optional(),
    dry_run: z.boolean().default(false),
  }),
  output: z.object({
    changes: z.array(z.object({ path: z.string(), diff: z.string() })),
    skipped: z.array(z.string()),
    warnings: z.array(z.string()),
    token_id: z.string().optional(),
  }),
  async run({ restore_id, manager, dry_run }, context) {
    const id = manager === undefined ? undefined : managerNamed(manager, context).id;
    const records = await context.disk.journal(id === undefined ? {} : { manager: id });
    const record =
      restore_id === undefined
        ? records.find(({ state }) => state !== "restored")
        : records.find(({ id }) => id === restore_id);
    if (restore_id === undefined && manager === undefined)
      throw new Problem(
        "invalid_input",
        "Say what to undo.",
        "Give restore_id (from configure_package_manager or generate_token) or manager.",
      );
    if (!record)
      throw new Problem(
        "not_found",
        "There is no such edit to undo.",
        "check_package_manager shows what is set up; a restore_id is in the result of configure_package_manager or generate_token.",
      );
    const before = dry_run ? [] : await othersSetUp(record, context);
    const restored = await context.disk.restore(record.id, context.undo, { dry_run });
    if (!dry_run) await logOut(record, context);
    const after = before.length > 0 ? await othersSetUp(record, context) : [];
    const warnings = before
      .filter((manager) => !after.includes(manager))
      .map(
        ({ id, title }) =>
          `${title} had its token from there, too, and is not set up any more: configure_package_manager with manager ${id} does it anew.`,
      );
    return { ...restored, warnings, ...(record.token_id !== undefined && { token_id: record.token_id }) };
  },
  concerns: (_input, output) => (output?.token_id === undefined ? [] : [String(output.token_id)]),
  say: ({ changes, skipped, warnings, token_id }) =>
    [
      changes.length > 0 ? "Put back:" : "Nothing had to be put back.",
      ...changes.map(({ path, diff }) => `${path}\n${diff}`),
      ...skipped.map((entry) => `Left alone: ${entry}`),
      ...warnings.map((warning) => `Note: ${warning}`),
      token_id ? `This revokes no token: if nothing uses ${token_id} any more, revoke_token ends it.` : "",
    ]
      .filter(Boolean)
      .join("\n"),
});

/** What the clients keep outside their files goes, too. */
async function logOut(
  record: Awaited<ReturnType<Context["disk"]["journal"]>>[number],
  context: Context,
): Promise<void> {
  const place = placeFor(context, record.scope, record.project_dir);
  for (const { id, ecosystem, logout, files } of context.packageManagers) {
    if (!logout || !record.managers.includes(id)) continue;
    const { url } = await context.use("registries", record.provider).registries.endpoint(ecosystem);
    await logout(url, place, await context.disk.read(files(place)), context.run);
  }
}
