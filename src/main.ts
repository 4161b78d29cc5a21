#!/usr/bin/env node
/** argv → one command. The only file that may end the process. */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Command, Invocation } from "./commands/command.ts";
import { commands } from "./commands/index.ts";
import { isSwitch } from "./config/choices.ts";
import { type SettingKey, secretKeys, settings } from "./config/settings.ts";
import { loadConfig } from "./config.ts";
import { exitCode, openLog } from "./log.ts";
import { Problem } from "./problem.ts";
import { realSeams } from "./seams.ts";
import { redact } from "./secret.ts";

/** docker knows its helpers by the names of programs alone. */
const alias = basename(process.argv[1] ?? "").startsWith("docker-credential-")
  ? ["credential-helper", "docker"]
  : [];

async function main(argv: readonly string[]): Promise<number> {
  const [first = "stdio", ...others] = argv;
  const isCommand = !first.startsWith("-");
  const name = isCommand
    ? first
    : argv.some((arg) => arg === "--help" || arg === "-h")
      ? "help"
      : argv.includes("--version")
        ? "version"
        : "stdio";
  const load = commands[name];
  if (!load)
    throw new Problem(
      "invalid_input",
      `There is no command "${name.slice(0, 40)}".`,
      "`fly-tokens help` lists them.",
      { allowed: Object.keys(commands) },
    );
  const { command } = await load();
  const rest = isCommand ? others : argv.filter((arg) => arg !== "--version");
  const { flags, positionals } = parse(rest, command);
  // Nobody who asks what a command does wants it done. `call TOOL` tells of the tool.
  if (flags.help && name !== "help" && (name !== "call" || positionals.length === 0))
    return main(["help", name]);
  // Not quoted: it may be a secret. Passed over, `call TOOL '{…}'` would do something else than was asked.
  if (positionals.length > (command.takes ?? Number.POSITIVE_INFINITY))
    throw new Problem(
      "invalid_input",
      `There is a word too many behind ${name}.`,
      `\`fly-tokens help ${name}\` says what it takes.`,
    );
  const seams = realSeams();
  const config = loadConfig({
    flags,
    env: seams.env,
    cwd: seams.cwd,
    home: seams.home,
    platform: seams.platform,
  });
  const log = openLog(config.log);
  for (const notice of config.notices) log.error({ notice });
  return command.run({ commands, config, seams, log, flags, positionals });
}

function parse(args: readonly string[], command: Command) {
  const common = Object.fromEntries(
    (Object.keys(settings) as SettingKey[])
      .filter((key) => !secretKeys.some((secret) => secret === key))
      .map((key) => [
        key.replaceAll("_", "-"),
        { type: isSwitch(key) ? ("boolean" as const) : ("string" as const) },
      ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ...common,
        "env-file": { type: "string" },
        help: { type: "boolean", short: "h" },
        ...command.flags,
      },
      allowPositionals: true,
    });
    return { flags: values as Invocation["flags"], positionals };
  } catch (cause) {
    throw new Problem(
      "invalid_input",
      // Node adds how to give a word that begins with a dash, which none of ours does.
      cause instanceof Error
        ? cause.message.replace(/\.* To specify .*|\n.*/s, "").replace(/\.?$/, ".")
        : "The flags are not valid.",
      "`fly-tokens help` lists the flags.",
      { cause },
    );
  }
}

// Node 20 does not wait for a fetch whose connection is cut at once: it would end with code 0 in the middle of a command.
const awake = setInterval(() => {}, 2 ** 30);

main([...alias, ...process.argv.slice(2)]).then(
  (code) => {
    process.exitCode = code;
    clearInterval(awake);
  },
  (error: unknown) => {
    const said =
      error instanceof Problem
        ? `${error.message} ${error.fix}`
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    process.stderr.write(`fly-tokens: ${redact(said)}\n`);
    process.exit(exitCode(error));
  },
);
