import { formOf } from "../config/choices.ts";
import { type SettingKey, secretKeys, settings } from "../config/settings.ts";
import { Problem } from "../problem.ts";
import type { Command } from "./command.ts";

const usage = `fly-tokens [COMMAND] [FLAGS]

Commands
  stdio (default)   MCP server on stdin and stdout
  http              MCP server over HTTP, by default on http://127.0.0.1:7410/mcp, with a bearer of its own
                    (--port, --anonymous, --drain SECONDS, --rate N)
  caller NAME       A bearer for one more caller of \`fly-tokens http\`: --scopes tokens:read,tokens:write
  registry          The local registry in the foreground: npm, PyPI, OCI, Maven, files, tokens
                    (--url, --drain SECONDS; --new-admin-key: makes one, and ends)
  call TOOL         Call one tool: --json '{…}'; --help shows its arguments; without TOOL the list
  approve HANDLE    Agree to a plan at the terminal
  audit WHAT        The log of what was asked for: verify [--expect HASH],
                    show [--since 7d] [--token ID] [--tool NAME] [--caller NAME] [--limit N]; each with --json
  credential-helper For clients that ask for their login: docker, keyring, pnpm, cargo
  init              Set up an MCP client: --client claude-code|claude-desktop|cursor|vscode|codex|gemini|windsurf|zed
                    (--scope project, --name NAME, --command npx|local, --with-settings, --dry-run, --undo,
                    and for the server itself the flags of all commands, such as --read-only); without --client what is here
  login jfrog       Log in to JFrog Fly with the browser (--url https://SUBDOMAIN.jfrog.io)
  rotate-due        Rotate what expires --within 7d and is used here, end what was kept, carry on what was interrupted;
                    for cron (--keep-old-for 24h, --dry-run)
  macaroon WHAT     Fly.io's tokens offline, the header on stdin: explain [--json], attenuate --caveats FILE [--location URL],
                    verify --key-file FILE [--third-party LOCATION=FILE]…
  demo              The whole job in a throw-away home
  completion SHELL  The completion of bash, zsh or fish
  version           The version
  help [COMMAND]    This, or what is said above of one command; also COMMAND --help

Flags, each also a variable and a key of config.json
`;

export const command: Command = {
  about: "Show this",
  takes: 1,
  async run({ positionals: [name] }) {
    process.stdout.write(`${name === undefined ? everything() : blockOf(name)}\n`);
    return 0;
  },
};

function everything(): string {
  const rows = (Object.keys(settings) as SettingKey[])
    .filter((key) => !secretKeys.includes(key))
    .map((key) => [`--${key.replaceAll("_", "-")}`, settings[key].env, settings[key].about + formOf(key)]);
  const secrets = secretKeys.map((key) => [settings[key].env, settings[key].about]);
  return [
    usage + table([...rows, ["--env-file FILE", "", "Settings from a file that you trust"]]),
    `Variables only, since flags can be read by others\n${table(secrets)}`,
  ].join("\n\n");
}

/** @throws Problem `invalid_input` for what is no command */
function blockOf(name: string): string {
  const block = usage.match(/^ {2}\S.*(\n {3,}\S.*)*/gm)?.find((one) => one.trim().split(/ /)[0] === name);
  if (block) return `${block}\n\n\`fly-tokens help\` lists the flags that every command takes.`;
  throw new Problem(
    "invalid_input",
    `There is no command "${name.slice(0, 40)}".`,
    "`fly-tokens help` lists them.",
  );
}

/** Columns as wide as they need to be. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join(" ")
          .trimEnd()}`,
    )
    .join("\n");
}
