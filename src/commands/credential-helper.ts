import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { protocols } from "../credential-helper/index.ts";
import { openLogins } from "../credential-helper/logins.ts";
import { openDisk } from "../disk/index.ts";
import { Problem } from "../problem.ts";
import type { Command } from "./command.ts";

/** Started by clients, not by people: stdout belongs to the protocol. */
export const command: Command = {
  about: "Answer a client that asks for a login (docker, keyring, pnpm, cargo)",
  words: () => Object.keys(protocols),
  flags: { store: { type: "string" }, mode: { type: "string" } },
  async run({ config, seams, flags, positionals: [name = "", ...words] }) {
    const protocol = protocols[name];
    if (!protocol)
      throw new Problem(
        "invalid_input",
        `There is no helper protocol "${name.slice(0, 40)}".`,
        "`fly-tokens credential-helper PROTOCOL …`.",
        { allowed: Object.keys(protocols) },
      );
    // uv asks for a user's name by `get URL --mode creds`.
    const args = typeof flags.mode === "string" ? [...words, "--mode", flags.mode] : words;
    const { data, state } = config.folders;
    const store = typeof flags.store === "string" ? resolve(flags.store) : join(data, "credentials.json");
    const logins = openLogins(store, openDisk({ state, run: seams.run, now: seams.now }));
    const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
    try {
      return await protocol({ args, lines, logins, say: (line) => void process.stdout.write(`${line}\n`) });
    } finally {
      lines.close();
      process.stdin.destroy();
    }
  },
};
