import * as z from "zod";
import { definePrompt } from "../src/prompt.ts";

export const setUpThisMachine = definePrompt({
  name: "set-up-this-machine",
  title: "Set up this machine",
  description:
    "Points the package managers on this machine to the registry, and proves that each of them works.",
  args: z.object({
    managers: z.string().optional().describe('Such as "npm, docker"; default: what this project uses'),
    publish: z.string().optional().describe('"yes" when you publish from this machine'),
  }),
  completes: { managers: "package_managers", publish: "yes" },
  needs: ["get_status", "configure_package_manager", "check_package_manager"],
  here: true,
  render({ managers = "", publish = "" }) {
    const list = managers.split(/\s*,\s*|\s+and\s+/i).filter(Boolean);
    const which =
      list.length > 0
        ? `manager ${JSON.stringify(list.join(","))}`
        : 'manager "auto", project_dir naming the folder of this project';
    return `Set up ${list.length > 0 ? JSON.stringify(list.join(", ")) : "the package managers that this project uses"} on this machine.

1. Call get_status to see what is installed and what is set up already.
2. Call configure_package_manager once for all of them, with ${which} and dry_run true, and show me the diffs and warnings.
3. When I agree, call it again without dry_run${/^y/i.test(publish) ? ', with permission "read_write", since I publish from here' : ""}. Do not ask me for a token and do not edit the files yourself. If it fails, everything is as before: tell me why, and its fix.
4. Call check_package_manager, and tell me for each one whether it works, when its token expires, and how to undo it (restore_package_manager with the restore_id).`;
  },
});
