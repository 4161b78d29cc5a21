import { checkedName, sha256 } from "../callers/bearers.ts";
import { newBearer } from "../callers/new-bearer.ts";
import { scopesIn } from "../callers/scopes.ts";
import { Problem } from "../problem.ts";
import type { Command } from "./command.ts";

export const command: Command = {
  about: "A new bearer for a caller of `fly-tokens http`: caller NAME [--scopes tokens:read,tokens:write]",
  takes: 1,
  flags: { scopes: { type: "string" } },
  async run({ flags, positionals: [name] }) {
    if (!name)
      throw new Problem(
        "invalid_input",
        "Whose bearer is it?",
        "`fly-tokens caller NAME`, with a name that tells this caller from the others.",
      );
    const words = typeof flags.scopes === "string" ? flags.scopes : "tokens:read";
    const scopes = asInput(() =>
      scopesIn(
        words
          .split(",")
          .map((word) => word.trim())
          .filter(Boolean),
        "--scopes",
      ),
    );
    if (scopes.length === 0)
      throw new Problem("invalid_input", "--scopes names none.", "Leave it out for tokens:read.");
    const caller = asInput(() => checkedName(name));
    const bearer = newBearer();
    const hash = sha256(bearer.reveal()).toString("hex");
    process.stdout.write(
      [
        `${bearer.reveal()}`,
        "",
        `This bearer is shown now and never again, and kept nowhere. Give it to ${caller}, who sends it as`,
        "  Authorization: Bearer …",
        "The server knows it by its hash. Add this to the server's environment (several are separated by commas):",
        `  FLY_TOKENS_HTTP_CALLERS=${caller}=${hash}:${scopes.join("+")}`,
        "or to its config.json:",
        `  ${JSON.stringify({ http_callers: { [caller]: { sha256: hash, scopes } } })}`,
        "and start it again. To take it back, remove it there.",
        "",
      ].join("\n"),
    );
    return 0;
  },
};

/** What is wrong in a configuration is wrong here on the command line. */
function asInput<Value>(check: () => Value): Value {
  try {
    return check();
  } catch (error) {
    throw error instanceof Problem ? error.told({ code: "invalid_input" }) : error;
  }
}
