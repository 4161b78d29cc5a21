import { version } from "../version.ts";
import type { Command } from "./command.ts";

export const command: Command = {
  about: "Print the version",
  async run() {
    process.stdout.write(`${version}\n`);
    return 0;
  },
};
