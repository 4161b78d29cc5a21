import * as z from "zod";
import { definePrompt } from "../src/prompt.ts";

export const setUpThisMachine = definePrompt({
  name: "set-up-this-machine",
  title: "Set up this machine",
  description:
    "Points the package managers on this machine to the registry, and proves that each of them works.",
  args: z.object({
    managers: z.string().optional().describe('Such as "npm and docker"; default: what this project uses'),
    publish: z.string().optional().describe('"yes" when you publish from this machine'),
  }),
  render: ({
    managers,
    publish,
  }) => `Set up ${managers ? JSON.stringify(managers) : "the package managers that this project uses"} on this machine.

1. Call get_status to see what is installed and what is set up already.
2. Call configure_package_manager once for all of them, with manager ${managers ? "naming them with commas" : '"auto" and project_dir'} and dry_run true, and show me the diffs and warnings.
3. When I agree, call it again without dry_run${publish && /^y/i.test(publish) ? ", with permission read_write, since I publish from here" : ""}. Do not ask me for a token and do not edit the files yourself.
4. Call check_package_manager, and tell me for each one whether it works, when its token expires, and how to undo it (restore_id).`,
});
