import { Problem } from "../problem.ts";
import type { Command } from "./command.ts";
import { bash } from "./completion/bash.ts";
import { fish } from "./completion/fish.ts";
import { vocabulary } from "./completion/vocabulary.ts";
import { zsh } from "./completion/zsh.ts";

const shells = { bash, zsh, fish };

/** Prints a script that says all that there is to say: no shell has to start the program to complete a word. */
export const command: Command = {
  about: "Print the completion of a shell: bash, zsh, fish",
  words: () => Object.keys(shells),
  async run({ commands, positionals: [name = "", ...others] }) {
    if (!Object.hasOwn(shells, name) || others.length > 0)
      throw new Problem(
        "invalid_input",
        "The completion of which shell?",
        "`fly-tokens completion bash`, zsh or fish; docs/install.md says where it goes.",
        { allowed: Object.keys(shells) },
      );
    process.stdout.write(shells[name as keyof typeof shells](await vocabulary(commands)));
    return 0;
  },
};
