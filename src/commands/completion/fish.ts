/** The completion for fish. */
import { type FlagWord, programs, type Vocabulary } from "./vocabulary.ts";

/** @returns a script for ~/.config/fish/completions/fly-tokens.fish */
export function fish({ commands, flags }: Vocabulary): string {
  const [program = "", ...others] = programs;
  const add = (rest: string) => `complete -c ${program} ${rest}`;
  const after = (command: string) => `__fish_seen_subcommand_from ${command}`;
  return `${[
    "# Completion of fly-tokens for fish: fly-tokens completion fish | source",
    add("-f"),
    ...commands.map(({ name, about }) => add(`-n __fish_use_subcommand -a ${name} -d ${quoted(about)}`)),
    ...commands.flatMap(({ name, words, flags: own }) => [
      ...(words.length === 0
        ? []
        : [
            add(
              `-n ${quoted(`${after(name)}; and test (count (commandline -opc)) -eq 2`)} -a ${quoted(words.join(" "))}`,
            ),
          ]),
      ...own.map((flag) => add(`-n ${quoted(after(name))} ${option(flag)}`)),
    ]),
    ...flags.map((flag) => add(option(flag))),
    ...others.map((other) => `complete -c ${other} -w ${program}`),
  ].join("\n")}\n`;
}

/** -x wants a value and no file, -r with -F a value that may be one. */
function option({ name, about, takesValue, values }: FlagWord): string {
  const long = `-l ${name.slice(2)}`;
  const value = !takesValue ? "" : values.length > 0 ? ` -x -a ${quoted(values.join(" "))}` : " -r -F";
  return `${long}${value}${about === "" ? "" : ` -d ${quoted(about)}`}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
