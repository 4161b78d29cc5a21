import { secretKeys, settings } from "../config/settings.ts";
import type { Command } from "./command.ts";

const usage = `fly-tokens [COMMAND] [FLAGS]

Commands
  stdio (default)   MCP server on stdin and stdout
  http              MCP server over HTTP, by default on http://127.0.0.1:7410/mcp, with a bearer of its own
                    (--port, --anonymous, --drain SECONDS, --rate N)
  caller NAME       A bearer for one more caller of it: --scopes tokens:read,tokens:write
  registry          The local registry in the foreground: npm, PyPI, OCI, Maven, files, tokens (--url)
  call TOOL         Call one tool: --json '{…}'; --help shows its arguments; without TOOL the list
  approve HANDLE    Agree to a plan at the terminal
  audit WHAT        The log of what was asked for: verify [--expect HASH],
                    show [--since 7d] [--token ID] [--tool NAME] [--limit N]; each with --json
  credential-helper For clients that ask for their login: docker, keyring, pnpm, cargo
  init              Set up an MCP client: --client claude-code|claude-desktop|cursor|vscode|codex|gemini|windsurf|zed
                    (--scope project, --read-only, --dry-run, --undo); without --client what is here
  login jfrog       Log in to JFrog Fly with the browser (--url https://SUBDOMAIN.jfrog.io)
  rotate-due        Rotate what expires --within 7d and is used here, end what was kept, carry on what was interrupted;
                    for cron (--keep-old-for 24h, --dry-run)
  macaroon WHAT     Fly.io's tokens offline, the header on stdin: explain [--json], attenuate --caveats FILE [--location URL],
                    verify --key-file FILE [--third-party LOCATION=FILE]…
  demo              The whole job in a throw-away home
  completion SHELL  The completion of bash, zsh or fish
  version, help

Flags, each also a variable and a key of config.json
`;

export const command: Command = {
  about: "Show this",
  async run() {
    const flags = Object.entries(settings)
      .filter(([key]) => !secretKeys.some((secret) => secret === key))
      .map(
        ([key, { env, about }]) => `  --${key.replaceAll("_", "-").padEnd(16)} ${env.padEnd(26)} ${about}`,
      );
    const secrets = secretKeys.map((key) => `  ${settings[key].env.padEnd(45)} ${settings[key].about}`);
    process.stdout.write(
      `${usage}${flags.join("\n")}\n  --env-file FILE                              Settings from a file that you trust\n\nVariables only, since flags can be read by others\n${secrets.join("\n")}\n`,
    );
    return 0;
  },
};
