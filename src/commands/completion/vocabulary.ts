/** The words that a command line may have: from the commands, their flags, and the settings. */
import { choicesOf, isSwitch } from "../../config/choices.ts";
import { type SettingKey, secretKeys, settings } from "../../config/settings.ts";
import type { Commands } from "../command.ts";

/** What follows a flag is nothing, one of a few words, or what the shell knows of files. */
export interface FlagWord {
  /** With its dashes. */
  name: string;
  about: string;
  takesValue: boolean;
  values: readonly string[];
}

export interface CommandWord {
  name: string;
  about: string;
  words: readonly string[];
  flags: readonly FlagWord[];
}

export interface Vocabulary {
  commands: readonly CommandWord[];
  /** Those that every command takes: the settings that are no secrets. */
  flags: readonly FlagWord[];
}

/** @returns everything there is to say, in the order in which the commands are listed */
export async function vocabulary(commands: Commands): Promise<Vocabulary> {
  const words = Object.entries(commands).map(async ([name, load]): Promise<CommandWord> => {
    const { command } = await load();
    const flags = Object.entries(command.flags ?? {}).map(([flag, { type, values = [] }]) => ({
      name: `--${flag}`,
      about: "",
      takesValue: type === "string",
      values,
    }));
    return { name, about: command.about, words: (await command.words?.()) ?? [], flags };
  });
  return { commands: await Promise.all(words), flags: common() };
}

function common(): FlagWord[] {
  const keys = (Object.keys(settings) as SettingKey[]).filter((key) => !secretKeys.includes(key));
  return [
    ...keys.map((key) => ({
      name: `--${key.replaceAll("_", "-")}`,
      about: settings[key].about,
      takesValue: !isSwitch(key),
      values: choicesOf(key),
    })),
    { name: "--env-file", about: "Settings from a file that you trust", takesValue: true, values: [] },
    { name: "--help", about: "Show what there is", takesValue: false, values: [] },
  ];
}

/** The names under which people start the program. */
export const programs = ["fly-tokens", "fly-tokens-mcp"];

/** A flag after a command; `*` for those of all commands. Two commands may have different flags of one name. */
interface Place {
  pattern: string;
  values: readonly string[];
}

/** @returns where a value is wanted, as bash and zsh match "COMMAND:FLAG" */
export function wanting({ commands, flags }: Vocabulary): Place[] {
  const all = [...commands, { name: "*", flags }];
  return all.flatMap(({ name, flags: own }) =>
    own.flatMap(({ name: flag, takesValue, values }) =>
      takesValue ? [{ pattern: `${name}:${flag}`, values }] : [],
    ),
  );
}
